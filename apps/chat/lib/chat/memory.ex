defmodule Chat.Memory do
  @moduledoc """
  Keeps the node below the memory limit of its pod. Ten times a second it looks at the memory in use and at what
  waits, to be sent or to become a whole message, and acts before the kernel would end the pod and with it every
  connection:

    * above 80 % of the limit no WebSocket is admitted (`full?/0`, a 503 that says so) and no page is read (`busy?/0`);
    * above 90 %, or when more than half of what the limit leaves beside the VM waits for clients that do not read or do
      not end what they began, the sockets with most of it are closed with 1013. They come back and read on from the
      store;
    * between two looks so much more of unfinished messages is taken in as is sure to fit (`crowded?/0`).

  The limit is MEMORY_LIMIT_BYTES, which the program sets to the limit that it gives the container. Without it, it is
  what the cgroup says, if it says anything. The variable comes first because it is exact everywhere: a sandboxed or
  nested runtime may show a cgroup that is not the container's.
  """
  use GenServer

  alias Chat.{Log, Sockets}

  @table __MODULE__
  @interval 100
  @full 0.8
  @shed 0.9
  @tidy 0.75
  @tidy_interval 5_000
  # Measured on OTP 25 with the JIT: what the VM takes with nobody connected (92 MB), and what one quiet WebSocket in one
  # room takes (44 KB), rounded up.
  @base 96_468_992
  @per_socket 49_152
  @most 10_000
  @least 50
  @least_queues 4_194_304
  @least_spare 12_582_912

  @doc "Creates the table of what was seen last."
  def create do
    :ets.new(@table, [:named_table, :public, write_concurrency: true])
    # Without a limit no number is larger than an atom.
    :ets.insert(@table, waiting: 0, most_waiting: :none, most_until_look: :none)
  end

  @doc """
  How many WebSockets fit a memory limit (bytes; nil is none): what 80 % of it leaves beside the VM (92 MiB), 48 KiB for
  each, at least 50 and at most 10,000.
  """
  @spec connections(pos_integer | nil) :: pos_integer
  def connections(nil), do: @most
  def connections(limit), do: limit |> spare() |> div(@per_socket) |> max(@least) |> min(@most)

  defp most_waiting(limit), do: max(div(spare(limit), 2), @least_queues)
  defp spare(limit), do: max(full_at(limit) - @base, 0)

  # A small limit is nearly filled by the VM alone: 12 MiB are left for connections where that is below 90 %.
  defp full_at(limit), do: max(trunc(limit * @full), min(@base + @least_spare, trunc(limit * @shed)))

  @doc "The limit of the cgroup that this process is in (version 2, then 1), in bytes; nil without one."
  @spec cgroup_limit() :: pos_integer | nil
  def cgroup_limit do
    number("/sys/fs/cgroup/memory.max") || number("/sys/fs/cgroup/memory/memory.limit_in_bytes")
  end

  @doc "Whether there is no memory for one more WebSocket."
  @spec full?() :: boolean
  def full?, do: :ets.member(@table, :full)

  @doc """
  Whether no page may be read for anybody: so much waits to be sent on this node already (half of what the limit leaves
  beside the VM), or memory is short.
  """
  @spec busy?() :: boolean
  def busy?,
    do: full?() or :ets.lookup_element(@table, :waiting, 2) > :ets.lookup_element(@table, :most_waiting, 2)

  @doc "Whether no more of a message that is not whole yet may be taken in before the next look."
  @spec crowded?() :: boolean
  def crowded?,
    do: :ets.lookup_element(@table, :waiting, 2) > :ets.lookup_element(@table, :most_until_look, 2)

  @doc "So many bytes more (or less) wait. Whoever ends with some is found by the next look."
  @spec waiting(integer) :: integer
  def waiting(bytes), do: :ets.update_counter(@table, :waiting, bytes)

  @doc "Option `limit`: bytes, nil for none."
  def start_link(options), do: GenServer.start_link(__MODULE__, options[:limit], name: __MODULE__)

  @impl true
  def init(nil), do: :ignore

  def init(limit) do
    :ets.insert(@table, {:most_waiting, most_waiting(limit)})
    {:ok, _} = :timer.send_interval(@interval, :look)
    {:ok, %{limit: limit, full?: :ets.member(@table, :full), tidied: System.monotonic_time(:millisecond)}}
  end

  @impl true
  def handle_info(:look, state) do
    drop_late()
    used = used()
    queues = Sockets.queues()
    waiting = queues |> Enum.map(&elem(&1, 1)) |> Enum.sum()
    :ets.insert(@table, waiting: waiting, most_until_look: most_until_look(used, waiting, state.limit))
    shed(used, queues, state.limit)
    {:noreply, state |> tidy(used) |> publish(used > full_at(state.limit), used)}
  end

  def handle_info(_late, state), do: {:noreply, state}

  @doc """
  How many bytes may wait before the next look: what waits now and half of what is left up to 90 % of the limit, because
  what comes in is in memory twice for a moment. Pure.
  """
  @spec most_until_look(non_neg_integer, non_neg_integer, pos_integer) :: non_neg_integer
  def most_until_look(used, waiting, limit),
    do: min(most_waiting(limit), waiting + div(max(trunc(limit * @shed) - used, 0), 4))

  @doc """
  Which sockets have to go: those with the longest queues, until what waits is below half of what the limit leaves beside
  the VM (4 MiB at least); a tenth of them at least when the memory in use is above 90 % of the limit. Pure.
  """
  @spec victims(non_neg_integer, [{pid, pos_integer}], pos_integer) :: [pid]
  def victims(used, queues, limit) do
    longest = Enum.sort_by(queues, &(-elem(&1, 1)))
    waiting = Enum.reduce(queues, 0, fn {_, bytes}, sum -> sum + bytes end)
    tight = if used > limit * @shed, do: max(div(length(queues), 10), 1), else: 0
    excess = waiting - most_waiting(limit)

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
    end
  end

  # Every process but this one may hold what it does not need, and none of them knows that memory is short.
  defp tidy(state, used) do
    now = System.monotonic_time(:millisecond)

    if used > state.limit * @tidy and now - state.tidied > @tidy_interval do
      for process <- Process.list(), do: :erlang.garbage_collect(process, async: make_ref())
      %{state | tidied: now}
    else
      state
    end
  end

  defp publish(%{full?: full?} = state, full?, _used), do: state

  defp publish(state, full?, used) do
    if full?, do: :ets.insert(@table, {:full, true}), else: :ets.delete(@table, :full)

    Log.warning(if(full?, do: "no memory for more connections", else: "memory for connections again"),
      used: used,
      erlang: :erlang.memory(:total)
    )

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

  # What the limit counts and the kernel cannot take back. In a pod the cgroup says it, with what the kernel keeps for
  # sockets; elsewhere it is the memory of this process. RSS would count the machine code of the JIT twice.
  defp used, do: cgroup_used() || own() || :erlang.memory(:total)

  defp cgroup_used do
    if number("/sys/fs/cgroup/memory.max"),
      do: sum("/sys/fs/cgroup/memory.stat", ~r/^(?:anon|shmem|kernel|sock) (\d+)$/m)
  end

  defp own do
    with kilobytes when kilobytes != nil <- sum("/proc/self/smaps_rollup", ~r/^Pss_(?:Anon|Shmem): +(\d+) kB$/m),
         do: kilobytes * 1024
  end

  defp sum(file, pattern) do
    with {:ok, text} <- File.read(file), [_ | _] = found <- Regex.scan(pattern, text, capture: :all_but_first) do
      found |> List.flatten() |> Enum.map(&String.to_integer/1) |> Enum.sum()
    else
      _ -> nil
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
