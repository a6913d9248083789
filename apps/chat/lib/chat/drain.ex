defmodule Chat.Drain do
  @moduledoc """
  The last process to start and the first to stop. On SIGTERM it tells each client when to come back, at staggered
  times, and waits until the last connection is closed, at most DRAIN_SECONDS.
  """
  use GenServer

  alias Chat.{Log, Sockets}

  # What is kept of DRAIN_SECONDS for the last close handshakes (1 s), and for the stop of the VM, which takes a little
  # more than a second (ms).
  @reserve 2_500
  @stop 1_200
  @tick 100

  def start_link(options), do: GenServer.start_link(__MODULE__, options, name: __MODULE__)

  @doc false
  def child_spec(options) do
    %{id: __MODULE__, start: {__MODULE__, :start_link, [options]}, shutdown: options[:seconds] * 1000 + 1_000}
  end

  @doc "Whether this node is stopping and takes no new WebSocket."
  @spec draining?() :: boolean
  def draining?, do: :persistent_term.get(__MODULE__, false)

  @doc """
  When each of `count` connections closes, in milliseconds from now: spread evenly over the time that there is, in
  batches that are at least 100 ms apart, the last one 2.5 s (or half the time) before the end.
  """
  @spec schedule(non_neg_integer, pos_integer) :: [pos_integer]
  def schedule(0, _total), do: []

  def schedule(count, total) do
    window = max(total - @reserve, div(total, 2))
    batches = max(1, min(count, div(window, @tick)))
    for index <- 0..(count - 1), do: div(window * (div(index * batches, count) + 1), batches)
  end

  @impl true
  def init(options) do
    Process.flag(:trap_exit, true)
    :persistent_term.put(__MODULE__, false)
    {:ok, %{seconds: options[:seconds]}}
  end

  @impl true
  def handle_info(_late, state), do: {:noreply, state}

  # Only the end of the node drains it, not the end of this process.
  @impl true
  def terminate(why, state) when why == :shutdown or (is_tuple(why) and elem(why, 0) == :shutdown) do
    :persistent_term.put(__MODULE__, true)
    total = state.seconds * 1000
    deadline = now() + max(total - @stop, div(total * 3, 4))
    sockets = Enum.shuffle(Sockets.all())
    Log.info("draining", connections: length(sockets), seconds: state.seconds)

    for {socket, closes_in} <- Enum.zip(sockets, schedule(length(sockets), total)),
        do: send(socket, {:drain, closes_in})

    left = wait(deadline, MapSet.new(sockets))
    Log.info("drained", connectionsLeft: left)
  end

  def terminate(_why, _state), do: :ok

  defp wait(deadline, told) do
    sockets = Sockets.all()

    # A socket whose handshake was under way when the drain began closes with the next tick.
    for socket <- sockets, socket not in told, do: send(socket, {:drain, @tick})

    if sockets == [] or now() >= deadline do
      length(sockets)
    else
      Process.sleep(@tick)
      wait(deadline, MapSet.new(sockets))
    end
  end

  defp now, do: System.monotonic_time(:millisecond)
end
