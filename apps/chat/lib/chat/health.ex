defmodule Chat.Health do
  @moduledoc """
  Whether this node can serve: Postgres answers, tokens can be judged, and every part of the node is running. One failed
  look does not take the node out of service and one good one does not bring it back, so a short hiccup, or a database
  that comes and goes, does not flap every pod at once.

  What it found outlives it, so a new process goes on where the last one was; but not for long: when nobody has looked
  for half a minute the node is not ready, whatever was found then.
  """
  use GenServer

  alias Chat.{Domain, Revocations}

  @interval 2_000
  @failures_to_leave 3
  @successes_to_return 2
  # A look takes 15 s at most (Chat.Postgres.Pool).
  @stale 30_000

  @type hysteresis :: %{ready: boolean, streak: non_neg_integer, ever: boolean}

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "Whether the node takes traffic, and why not."
  @spec ready() :: :ok | {:error, String.t()}
  def ready do
    now = System.monotonic_time(:millisecond)
    age = now - get(:looked, now)

    case Domain.down() do
      [] when age > @stale -> {:error, "nobody looked for #{div(age, 1000)} s"}
      [] -> get(:ready)
      down -> {:error, "not running: #{Enum.join(down, ", ")}"}
    end
  end

  @doc "Whether the node has started: Postgres was reached and its tables are as new as this program needs them."
  @spec started() :: :ok | {:error, String.t()}
  def started, do: get(:started)

  @doc "The state before the first look: not ready, and the first good look is enough."
  @spec initial() :: hysteresis
  def initial, do: %{ready: false, streak: 0, ever: false}

  @doc "What one more look (good or not) makes of the state."
  @spec look(hysteresis, boolean) :: hysteresis
  def look(%{ever: false} = state, good), do: %{state | ready: good, ever: good}
  def look(%{ready: ready} = state, good) when ready == good, do: %{state | streak: 0}

  def look(state, good) do
    needed = if good, do: @successes_to_return, else: @failures_to_leave
    streak = state.streak + 1
    if streak >= needed, do: %{state | ready: good, streak: 0}, else: %{state | streak: streak}
  end

  @impl true
  def init(_) do
    {:ok, %{hysteresis: get(:hysteresis, initial()), newest: Chat.Migrations.newest()}, {:continue, :look}}
  end

  @impl true
  def handle_continue(:look, state) do
    Process.send_after(self(), :look, @interval)

    problem =
      case Chat.Store.schema_version() do
        {:ok, version} when version >= state.newest ->
          Revocations.problem(Chat.Settings.get().revocations)

        {:ok, version} ->
          "schema chat is at version #{version}, #{state.newest} is needed; run migrate"

        {:error, failure} ->
          "postgres: #{Chat.Postgres.Pool.describe(failure)}"
      end

    {:noreply, publish(state, look(state.hysteresis, problem == nil), problem)}
  end

  @impl true
  def handle_info(:look, state), do: {:noreply, state, {:continue, :look}}
  def handle_info(_late, state), do: {:noreply, state}

  defp publish(%{hysteresis: before} = state, now, problem) do
    if now.ready, do: put(:started, :ok), else: if(not now.ever, do: put(:started, {:error, problem}))

    put(
      :ready,
      if(now.ready, do: :ok, else: {:error, problem || "postgres answers again, waiting for a second answer"})
    )

    case {before.ready, now.ready} do
      {false, true} -> Chat.Log.info("ready")
      {true, false} -> Chat.Log.error("not ready", error: problem)
      _ -> :ok
    end

    put(:hysteresis, now)
    put(:looked, System.monotonic_time(:millisecond))
    %{state | hysteresis: now}
  end

  # Probes read this without asking the process, which may be waiting for Postgres.
  defp put(key, value), do: :ets.insert(Domain, {{__MODULE__, key}, value})

  defp get(key, default \\ {:error, "starting"}) do
    case :ets.lookup(Domain, {__MODULE__, key}) do
      [{_, value}] -> value
      [] -> default
    end
  end
end
