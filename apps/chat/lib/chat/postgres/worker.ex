defmodule Chat.Postgres.Worker do
  @moduledoc """
  Owns one connection: connects, prepares statements when they are first used, runs what the pool gives it, and
  connects again with a growing delay when the connection is lost.
  """
  use GenServer

  alias Chat.Postgres.{Backoff, Driver, Pool}

  # The server gives up a statement first, then the driver's caller: a statement never outlives its answer for long.
  @session """
  SET statement_timeout = '4s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '10s';
  SET application_name = 'chat'; SET search_path = chat
  """
  @call_timeout 5_000
  @large 16_384

  def start_link(options), do: GenServer.start_link(__MODULE__, options)

  @impl true
  def init(options) do
    Process.flag(:trap_exit, true)

    {:ok,
     %{
       pool: options[:pool],
       settings: options[:settings],
       connection: nil,
       prepared: MapSet.new(),
       attempt: 0,
       failing: MapSet.new()
     }, {:continue, :connect}}
  end

  @impl true
  def handle_continue(:connect, state), do: {:noreply, connect(state)}

  @impl true
  def handle_info(:connect, %{connection: nil} = state), do: {:noreply, connect(state)}
  def handle_info(:connect, state), do: {:noreply, state}

  def handle_info({:run, from, _name, _sql, _parameters}, %{connection: nil} = state) do
    GenServer.reply(from, {:error, {:lost, "the connection was closed"}})
    {:noreply, state}
  end

  def handle_info({:run, from, name, sql, parameters}, state) do
    {result, state} = run(state, name, sql, parameters)
    GenServer.reply(from, result)
    tidy(result, state.connection)
    state = report(state, name, result)

    case result do
      {:error, {:lost, why}} ->
        {:noreply, lose(state, why)}

      _ ->
        Pool.ready(state.pool, self())
        {:noreply, state}
    end
  end

  def handle_info({:EXIT, connection, _why}, %{connection: connection} = state),
    do: {:noreply, lose(state, "the connection was closed")}

  def handle_info(_late, state), do: {:noreply, state}

  # Class 42: not allowed, not there. No caller can do anything about it, and some try again in silence, so it is said
  # here, once until it works again.
  defp report(state, name, {:error, {:sql, "42" <> _, _} = failure}) do
    if name not in state.failing,
      do: Chat.Log.error("statement is refused", statement: name, error: Driver.describe(failure))

    %{state | failing: MapSet.put(state.failing, name)}
  end

  defp report(state, name, _result), do: %{state | failing: MapSet.delete(state.failing, name)}

  # Pages of messages: what they were read from would lie here and in the driver until many more were read.
  defp tidy({:ok, rows}, connection) do
    bytes = for row <- rows, value <- row, is_binary(value), reduce: 0, do: (sum -> sum + byte_size(value))

    if bytes > @large do
      :erlang.garbage_collect(connection, async: make_ref())
      :erlang.garbage_collect()
    end
  end

  defp tidy(_error, _connection), do: :ok

  defp connect(state) do
    with {:ok, connection} <- Driver.connect(state.settings),
         {:ok, _} <- session(connection) do
      if state.attempt > 0, do: Chat.Log.info("postgres connected again", attempts: state.attempt + 1)
      Pool.ready(state.pool, self())
      %{state | connection: connection, prepared: MapSet.new(), attempt: 0}
    else
      {:error, failure} ->
        Chat.Log.warning("postgres cannot be reached", error: Driver.describe(failure), attempt: state.attempt + 1)
        retry(state)
    end
  end

  defp session(connection) do
    with {:error, _} = error <- Driver.script(connection, @session, @call_timeout) do
      Driver.close(connection)
      error
    end
  end

  defp run(state, name, sql, parameters) do
    with {:ok, state} <- prepare(state, name, sql) do
      {Driver.execute(state.connection, name, parameters, @call_timeout), state}
    else
      {:error, _} = error -> {error, state}
    end
  end

  defp prepare(state, name, sql) do
    if MapSet.member?(state.prepared, name) do
      {:ok, state}
    else
      with :ok <- Driver.prepare(state.connection, name, sql, @call_timeout),
           do: {:ok, %{state | prepared: MapSet.put(state.prepared, name)}}
    end
  end

  defp lose(state, why) do
    Chat.Log.warning("postgres connection lost", error: why)
    if state.connection, do: Driver.close(state.connection)
    Pool.lost(state.pool, self())
    retry(%{state | connection: nil})
  end

  defp retry(state) do
    Process.send_after(self(), :connect, Backoff.delay(state.attempt))
    %{state | attempt: state.attempt + 1}
  end
end
