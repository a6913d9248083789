defmodule Chat.Postgres.Pool do
  @moduledoc """
  Gives statements to workers whose connection is idle, in the order they came. One that has waited too long, or finds
  too many others waiting, gets an error instead of making the line longer.
  """
  use GenServer

  @type failure :: Chat.Postgres.Driver.failure() | :timeout | :overloaded

  # How long a statement may wait for a connection (ms), and how many may wait.
  @wait 2_000
  @longest_queue 1_000
  # A worker answers within prepare + execute (2 * 5 s); this is only the last resort.
  @call_timeout 15_000

  def start_link(options), do: GenServer.start_link(__MODULE__, options, name: options[:name] || __MODULE__)

  @doc "Runs a statement, which is prepared under `name` on each connection, and gives its rows."
  @spec query(GenServer.server(), String.t(), String.t(), list) :: {:ok, [[term]]} | {:error, failure}
  def query(pool \\ __MODULE__, name, sql, parameters) do
    GenServer.call(pool, {:run, name, sql, parameters}, @call_timeout)
  catch
    :exit, {:timeout, _} -> {:error, :timeout}
    :exit, _ -> {:error, {:lost, "the pool is not running"}}
  end

  @doc "How many connections are open and how many statements wait."
  @spec stats(GenServer.server()) :: %{connections: non_neg_integer, busy: non_neg_integer, waiting: non_neg_integer}
  def stats(pool \\ __MODULE__), do: GenServer.call(pool, :stats)

  @doc "A worker says that it has a connection and nothing to do."
  def ready(pool, worker), do: GenServer.cast(pool, {:ready, worker})

  @doc "A worker says that it has no connection."
  def lost(pool, worker), do: GenServer.cast(pool, {:lost, worker})

  @doc "A failure as text for a log or a person."
  @spec describe(failure) :: String.t()
  def describe(:timeout), do: "no connection became free within #{@wait} ms"
  def describe(:overloaded), do: "#{@longest_queue} statements are waiting already"
  def describe(failure), do: Chat.Postgres.Driver.describe(failure)

  @impl true
  def init(options) do
    {:ok,
     %{
       idle: [],
       busy: %{},
       monitors: %{},
       queue: :queue.new(),
       length: 0,
       timer: nil,
       wait: options[:wait] || @wait,
       longest: options[:longest_queue] || @longest_queue
     }}
  end

  @impl true
  def handle_call(:stats, _from, state) do
    busy = map_size(state.busy)
    {:reply, %{connections: length(state.idle) + busy, busy: busy, waiting: state.length}, state}
  end

  def handle_call({:run, name, sql, parameters}, from, %{idle: [worker | idle]} = state) do
    {:noreply, give(%{state | idle: idle}, worker, {from, name, sql, parameters})}
  end

  def handle_call({:run, _, _, _}, _from, %{length: length, longest: longest} = state) when length >= longest,
    do: {:reply, {:error, :overloaded}, state}

  def handle_call({:run, name, sql, parameters}, from, state) do
    entry = {now() + state.wait, {from, name, sql, parameters}}
    {:noreply, arm(%{state | queue: :queue.in(entry, state.queue), length: state.length + 1})}
  end

  @impl true
  def handle_cast({:ready, worker}, state) do
    state = watch(%{state | busy: Map.delete(state.busy, worker)}, worker)

    case next(state) do
      {:empty, state} -> {:noreply, %{state | idle: Enum.uniq([worker | state.idle])}}
      {entry, state} -> {:noreply, give(state, worker, entry)}
    end
  end

  def handle_cast({:lost, worker}, state), do: {:noreply, forget(state, worker)}

  @impl true
  def handle_info({:DOWN, _reference, :process, worker, _why}, state) do
    with {from, _, _, _} <- state.busy[worker],
         do: GenServer.reply(from, {:error, {:lost, "the connection was closed"}})

    {:noreply, forget(%{state | monitors: Map.delete(state.monitors, worker)}, worker)}
  end

  def handle_info(:expire, state), do: {:noreply, arm(expire(%{state | timer: nil}))}
  def handle_info(_late, state), do: {:noreply, state}

  defp give(state, worker, {from, name, sql, parameters} = entry) do
    send(worker, {:run, from, name, sql, parameters})
    %{state | busy: Map.put(state.busy, worker, entry)}
  end

  defp next(state) do
    case :queue.out(expire(state).queue) do
      {:empty, _} -> {:empty, %{state | queue: :queue.new(), length: 0}}
      {{:value, {_deadline, entry}}, queue} -> {entry, %{state | queue: queue, length: :queue.len(queue)}}
    end
  end

  defp expire(state) do
    case :queue.peek(state.queue) do
      {:value, {deadline, {from, _, _, _}}} ->
        if deadline <= now() do
          GenServer.reply(from, {:error, :timeout})
          expire(%{state | queue: :queue.drop(state.queue), length: state.length - 1})
        else
          state
        end

      :empty ->
        state
    end
  end

  # One timer, for the entry that waits longest.
  defp arm(%{timer: nil} = state) do
    case :queue.peek(state.queue) do
      {:value, {deadline, _}} -> %{state | timer: Process.send_after(self(), :expire, max(deadline - now(), 1))}
      :empty -> state
    end
  end

  defp arm(state), do: state

  defp watch(state, worker) do
    if Map.has_key?(state.monitors, worker),
      do: state,
      else: %{state | monitors: Map.put(state.monitors, worker, Process.monitor(worker))}
  end

  defp forget(state, worker),
    do: %{state | idle: List.delete(state.idle, worker), busy: Map.delete(state.busy, worker)}

  defp now, do: System.monotonic_time(:millisecond)
end
