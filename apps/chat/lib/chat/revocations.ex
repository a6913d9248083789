defmodule Chat.Revocations do
  @moduledoc """
  Who was signed out, and which rooms were closed, since tokens were made: the table that TOKEN_REVOCATIONS names, which
  the panel writes and this node may read. It is read every five seconds into a table of the application; when it has
  changed, every socket looks whether it is meant.

  What is older than a socket can be does not matter, so only that is read. When the table could not be read for half a
  minute no token is taken any more (`fresh?/0`), for it may be one that was taken back.
  """
  use GenServer

  alias Chat.{Log, Sockets, Token}
  alias Chat.Postgres.Pool

  @table __MODULE__
  @interval 5_000
  @stale 30_000

  @doc "Creates the table."
  def create, do: :ets.new(@table, [:named_table, :public, read_concurrency: true])

  @doc "Option `table`: schema and name of the table in Postgres; nil when nothing is ever taken back."
  def start_link(options), do: GenServer.start_link(__MODULE__, options[:table], name: __MODULE__)

  @doc "Whether the user or the session of these claims was signed out after the token was made."
  @spec signed_out?(Token.claims()) :: boolean
  def signed_out?(claims),
    do: revoked?({"user", claims.id}, claims.issued) or revoked?({"session", claims.session}, claims.issued)

  @doc "Those of the rooms of these claims that are still open to them."
  @spec open_rooms(Token.claims()) :: MapSet.t(String.t())
  def open_rooms(claims),
    do: claims.rooms |> Enum.reject(&revoked?({"room", &1}, claims.issued)) |> MapSet.new()

  @doc "Why tokens cannot be judged just now, if so."
  @spec problem(String.t() | nil) :: nil | String.t()
  def problem(nil), do: nil

  def problem(table) do
    case :ets.lookup(@table, :read) do
      [] -> "#{table} has not been read yet#{last_error()}"
      [{:read, at}] -> if now() - at > @stale, do: "#{table} was not read for #{div(now() - at, 1000)} s#{last_error()}"
    end
  end

  @impl true
  def init(nil), do: :ignore
  def init(table), do: {:ok, table, {:continue, :read}}

  @impl true
  def handle_continue(:read, table) do
    Process.send_after(self(), :read, @interval)

    # Microseconds since 1970. A socket lives an hour at most (Chat.Socket), a token is younger.
    sql = """
    SELECT kind, subject, (extract(epoch FROM at) * 1000000)::bigint
      FROM #{table} WHERE at > clock_timestamp() - interval '2 hours'
    """

    case Pool.query("revocations", sql, []) do
      {:ok, rows} -> accept(for [kind, subject, at] <- rows, do: {{kind, subject}, at})
      {:error, failure} -> report(table, Pool.describe(failure))
    end

    {:noreply, table}
  end

  @impl true
  def handle_info(:read, table), do: {:noreply, table, {:continue, :read}}
  def handle_info(_late, table), do: {:noreply, table}

  defp accept(rows) do
    before = for {key, at} <- :ets.tab2list(@table), is_tuple(key), into: %{}, do: {key, at}
    now = Map.new(rows)
    :ets.insert(@table, rows)
    # A row never goes while a token that it is about is good.
    for {key, _} <- before, not is_map_key(now, key), do: :ets.delete(@table, key)
    :ets.insert(@table, {:read, now()})
    :ets.delete(@table, :error)

    if Enum.any?(now, fn {key, at} -> before[key] != at end),
      do: for(socket <- Sockets.all(), do: send(socket, :revocations))
  end

  # Once for each new problem: it is asked every five seconds.
  defp report(table, message) do
    if :ets.lookup(@table, :error) != [{:error, message}],
      do: Log.error("revoked tokens cannot be read", table: table, error: message)

    :ets.insert(@table, {:error, message})
  end

  defp last_error do
    case :ets.lookup(@table, :error) do
      [{:error, message}] -> ": #{message}"
      [] -> ""
    end
  end

  defp revoked?(key, issued) do
    case :ets.lookup(@table, key) do
      [{_, at}] -> issued <= at
      [] -> false
    end
  end

  defp now, do: System.monotonic_time(:millisecond)
end
