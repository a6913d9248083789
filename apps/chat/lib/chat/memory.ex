defmodule Chat.Memory do
  @moduledoc """
  Keeps the node below the memory limit of its pod. Every quarter of a second it looks at the memory in use and at what
  waits to be sent, and acts before the kernel would end the pod and with it every connection:

    * above 75 % of the limit no WebSocket is admitted (`full?/0`, a 503 that says so);
    * above 85 %, or when more than a quarter of the limit waits to be sent to clients that do not read, the sockets
      with the longest queues are closed with 1013. They come back and read on from the store.

  The limit is MEMORY_LIMIT_BYTES, which the program sets to the limit that it gives the container. Without it, it is
  what the cgroup says, if it says anything. The variable comes first because it is exact everywhere: a sandboxed or
  nested runtime may show a cgroup that is not the container's.
  """
  use GenServer

  alias Chat.{Log, Sockets}

  @table __MODULE__
  @interval 250
  @full 0.75
  @shed 0.85
  @queues 0.25
  # What the VM takes with nobody connected, and what one quiet WebSocket takes, measured: 75 MiB and 18 KiB, rounded up.
  @base 83_886_080
  @per_socket 24_576
  @most 10_000
  @least 50

  @doc "Creates the table of what was seen last."
  def create, do: :ets.new(@table, [:named_table, :public, read_concurrency: true])

  @doc """
  How many WebSockets fit a memory limit (bytes; nil is none): what 75 % of it leaves beside the VM, 24 KiB for each, at
  least 50 and at most 10,000.
  """
  @spec connections(pos_integer | nil) :: pos_integer
  def connections(nil), do: @most
  def connections(limit), do: ((limit * @full - @base) / @per_socket) |> trunc() |> max(@least) |> min(@most)

  @doc "The limit of the cgroup that this process is in (version 2, then 1), in bytes; nil without one."
  @spec cgroup_limit() :: pos_integer | nil
  def cgroup_limit do
    number("/sys/fs/cgroup/memory.max") || number("/sys/fs/cgroup/memory/memory.limit_in_bytes")
  end

  @doc "Whether there is no memory for one more WebSocket."
  @spec full?() :: boolean
  def full?, do: :ets.member(@table, :full)

  @doc "Option `limit`: bytes, nil for none."
  def start_link(options), do: GenServer.start_link(__MODULE__, options[:limit], name: __MODULE__)

  @impl true
  def init(nil), do: :ignore

  def init(limit) do
    {:ok, _} = :timer.send_interval(@interval, :look)
    {:ok, %{limit: limit, full?: false}}
  end

  @impl true
  def handle_info(:look, state) do
    drop_late()
    used = used()
    shed(used, Sockets.queues(), state.limit)
    {:noreply, publish(state, used > state.limit * @full, used)}
  end

  def handle_info(_late, state), do: {:noreply, state}

  @doc """
  Which sockets have to go: those with the longest queues, until what waits is below a quarter of the limit; a tenth
  of them at least when the memory in use is above 85 % of it. Pure.
  """
  @spec victims(non_neg_integer, [{pid, pos_integer}], pos_integer) :: [pid]
  def victims(used, queues, limit) do
    longest = Enum.sort_by(queues, &(-elem(&1, 1)))
    waiting = Enum.reduce(queues, 0, fn {_, bytes}, sum -> sum + bytes end)
    tight = if used > limit * @shed, do: max(div(length(queues), 10), 1), else: 0
    excess = waiting - trunc(limit * @queues)

    {victims, _} =
      Enum.flat_map_reduce(longest, {excess, tight}, fn {socket, bytes}, {excess, tight} ->
        if excess > 0 or tight > 0,
          do: {[socket], {excess - bytes, tight - 1}},
          else: {:halt, {excess, tight}}
      end)

    victims
  end

  defp shed(used, queues, limit) do
    case victims(used, queues, limit) do
      [] ->
        :ok

      victims ->
        Log.warning("short of memory, closing the slowest", sockets: length(victims), used: used, limit: limit)
        for socket <- victims, do: send(socket, :too_slow)
        :erlang.garbage_collect()
    end
  end

  defp publish(%{full?: full?} = state, full?, _used), do: state

  defp publish(state, full?, used) do
    if full?, do: :ets.insert(@table, {:full, true}), else: :ets.delete(@table, :full)
    Log.warning(if(full?, do: "no memory for more connections", else: "memory for connections again"), used: used)
    %{state | full?: full?}
  end

  # Looks that came while the last one was under way.
  defp drop_late do
    receive do
      :look -> drop_late()
    after
      0 -> :ok
    end
  end

  # What the limit counts: pages in memory of the VM; where the cgroup of the pod can be read, its sockets, too.
  defp used, do: max(resident(), cgroup_used())

  defp resident do
    with {:ok, text} <- File.read("/proc/self/statm"), [_, pages | _] <- String.split(text) do
      String.to_integer(pages) * 4096
    else
      _ -> :erlang.memory(:total)
    end
  end

  defp cgroup_used do
    with current when current != nil <- number("/sys/fs/cgroup/memory.current"),
         {:ok, stat} <- File.read("/sys/fs/cgroup/memory.stat"),
         [_, inactive] <- Regex.run(~r/^inactive_file (\d+)$/m, stat) do
      current - String.to_integer(inactive)
    else
      _ -> 0
    end
  end

  # "max" is no number; version 1 says "none" with one near 2^63.
  defp number(file) do
    with {:ok, text} <- File.read(file),
         {value, "\n"} when value < 0x4000000000000000 <- Integer.parse(text),
         do: value,
         else: (_ -> nil)
  end
end
