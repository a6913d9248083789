defmodule Chat.Domain do
  @moduledoc """
  One part of the node that may fail alone: a supervisor of its own, kept by a process that never gives up. When the
  part cannot be kept going (its supervisor restarted it too often) it is started anew, later and later, and nothing
  else on the node is stopped for it: whoever is connected stays connected, and `/readyz` says what is missing.

  Only while the node starts does a part that cannot start end it.
  """
  use GenServer

  alias Chat.Log
  alias Chat.Postgres.Backoff

  @table __MODULE__
  # Restarts of one child before its domain is started anew.
  @most_restarts 10
  @within_seconds 5
  # A domain that held for so long (ms) has recovered: the next delay is the shortest again.
  @stable 60_000

  @doc "Creates the table of what is down and of how the node is (Chat.Health); its owner, the application, outlives all."
  def create, do: :ets.new(@table, [:named_table, :public, read_concurrency: true])

  @doc "The node has started: from now on a domain that cannot start is tried again."
  def booted, do: :ets.insert(@table, {:booted, true})

  @doc "Names of the domains that are not running now, in order."
  @spec down() :: [atom]
  def down, do: @table |> :ets.match({{:domain, :"$1"}, :down}) |> List.flatten() |> Enum.sort()

  @doc "Options: `name`, `children`, and `strategy` (`:one_for_one`)."
  def child_spec(options) do
    %{
      id: {__MODULE__, options[:name]},
      start: {__MODULE__, :start_link, [options]},
      type: :supervisor,
      shutdown: :infinity
    }
  end

  def start_link(options), do: GenServer.start_link(__MODULE__, options)

  @impl true
  def init(options) do
    Process.flag(:trap_exit, true)

    state = %{
      name: options[:name],
      children: options[:children],
      strategy: options[:strategy] || :one_for_one,
      supervisor: nil,
      since: nil,
      attempt: 0
    }

    case start(state) do
      {:ok, state} -> {:ok, state}
      {:error, why} -> if booted?(), do: {:ok, retry(state, why)}, else: {:stop, why}
    end
  end

  # As a supervisor answers, so that the whole tree can be walked.
  @impl true
  def handle_call(:which_children, _from, state) do
    {:reply, [{state.name, state.supervisor || :restarting, :supervisor, [Supervisor]}], state}
  end

  def handle_call(:count_children, _from, state) do
    active = if state.supervisor, do: 1, else: 0
    {:reply, [specs: 1, active: active, supervisors: 1, workers: 0], state}
  end

  @impl true
  def handle_info({:EXIT, supervisor, why}, %{supervisor: supervisor} = state) when supervisor != nil do
    attempt = if now() - state.since > @stable, do: 0, else: state.attempt
    {:noreply, retry(%{state | supervisor: nil, attempt: attempt}, why)}
  end

  def handle_info(:start, %{supervisor: nil} = state) do
    case start(state) do
      {:ok, state} ->
        Log.info("part of the node is back", domain: state.name)
        {:noreply, state}

      {:error, why} ->
        {:noreply, retry(state, why)}
    end
  end

  def handle_info(_late, state), do: {:noreply, state}

  @impl true
  def terminate(_why, %{supervisor: nil}), do: :ok

  def terminate(_why, %{supervisor: supervisor}) do
    Supervisor.stop(supervisor, :shutdown)
  catch
    :exit, _ -> :ok
  end

  defp start(state) do
    options = [strategy: state.strategy, max_restarts: @most_restarts, max_seconds: @within_seconds]

    with {:ok, supervisor} <- Supervisor.start_link(state.children, options) do
      :ets.insert(@table, {{:domain, state.name}, :up})
      {:ok, %{state | supervisor: supervisor, since: now()}}
    end
  end

  defp retry(state, why) do
    :ets.insert(@table, {{:domain, state.name}, :down})
    delay = Backoff.delay(state.attempt)
    Log.error("part of the node is down", domain: state.name, error: Log.Formatter.reason(why), again_in_ms: delay)
    Process.send_after(self(), :start, delay)
    %{state | attempt: state.attempt + 1}
  end

  defp booted?, do: :ets.member(@table, :booted)
  defp now, do: System.monotonic_time(:millisecond)
end
