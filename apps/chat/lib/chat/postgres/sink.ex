defmodule Chat.Postgres.Sink do
  @moduledoc """
  The group leader of the driver's processes. The driver prints plain text when a socket closes; here that goes
  nowhere, so stdout stays JSON, and `Chat.Log.drop_driver/2` knows the driver's processes by it.
  """
  use GenServer

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, nil}

  @impl true
  def handle_info({:io_request, from, reference, _request}, state) do
    send(from, {:io_reply, reference, :ok})
    {:noreply, state}
  end

  def handle_info(_other, state), do: {:noreply, state}
end
