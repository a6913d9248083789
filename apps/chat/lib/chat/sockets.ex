defmodule Chat.Sockets do
  @moduledoc "The WebSocket connections of this node."

  @registry __MODULE__

  @doc "The process that keeps the list."
  def child_spec(_options), do: Registry.child_spec(keys: :unique, name: @registry)

  @doc "Adds the calling process, until it ends."
  @spec register(String.t()) :: :ok
  def register(connection_id) do
    {:ok, _} = Registry.register(@registry, connection_id, nil)
    :ok
  end

  @doc "How many there are."
  @spec count() :: non_neg_integer
  def count, do: Registry.count(@registry)

  @doc "Their processes."
  @spec all() :: [pid]
  def all, do: Registry.select(@registry, [{{:_, :"$1", :_}, [], [:"$1"]}])
end
