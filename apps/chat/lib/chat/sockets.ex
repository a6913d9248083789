defmodule Chat.Sockets do
  @moduledoc "The WebSocket connections of this node, each with its user and the bytes that wait for it."

  alias Chat.Census

  @census __MODULE__

  @doc "Creates the list."
  def create, do: Census.create(@census)

  @doc "The process that keeps the list."
  def child_spec(_options), do: Census.child_spec(@census)

  @doc "Adds the calling process, until it ends."
  @spec register(String.t(), String.t()) :: :ok
  def register(connection_id, user_id), do: Census.add(@census, self(), {connection_id, user_id})

  @doc "The calling process has so many bytes more (or less) to send, or of a message that is not whole yet."
  @spec queued(integer) :: integer
  def queued(bytes) do
    Chat.Memory.waiting(bytes)
    Census.count_up(@census, self(), bytes)
  end

  @doc "The calling process is about to end: what waits for it does not count any more."
  @spec leaving() :: true
  def leaving, do: Census.reset(@census, self())

  @doc "Their processes, with the bytes that wait for each."
  @spec queues() :: [{pid, non_neg_integer}]
  def queues, do: for({process, _, bytes} <- Census.all(@census), bytes > 0, do: {process, bytes})

  @doc "How many there are."
  @spec count() :: non_neg_integer
  def count, do: Census.size(@census)

  @doc "Their processes."
  @spec all() :: [pid]
  def all, do: for({process, _} <- users(), do: process)

  @doc "Their processes with their users."
  @spec users() :: [{pid, String.t()}]
  def users, do: for({process, {_, user}, _} <- Census.all(@census), do: {process, user})
end
