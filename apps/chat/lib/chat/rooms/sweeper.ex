defmodule Chat.Rooms.Sweeper do
  @moduledoc """
  Asks the store at intervals, in one query for all rooms that are open here, which message is the newest. It is what
  brings a message to its room when the node that stored it died before it told the others.
  """
  use GenServer

  @doc "Option `interval`: milliseconds between two looks."
  def start_link(options), do: GenServer.start_link(__MODULE__, options[:interval], name: __MODULE__)

  @impl true
  def init(interval), do: {:ok, interval, {:continue, :wait}}

  @impl true
  def handle_continue(:wait, interval) do
    Process.send_after(self(), :sweep, interval)
    {:noreply, interval}
  end

  @impl true
  def handle_info(:sweep, interval) do
    rooms = Chat.Rooms.open_here()

    # A failure is logged by the pool's workers (also that this is not allowed); the next sweep tries again.
    with {:ok, newest} <- Chat.Store.last_seqs(Enum.map(rooms, &elem(&1, 0))) do
      for {room, process} <- rooms, do: send(process, {:newest, Map.get(newest, room, 0)})
    end

    {:noreply, interval, {:continue, :wait}}
  end

  def handle_info(_late, interval), do: {:noreply, interval}
end
