defmodule Chat.Store do
  @moduledoc """
  Messages in Postgres. A room's messages have the numbers 1, 2, 3, ... without a gap, in the order in which they were
  committed: the number is taken under the lock of the room's row, which is held until the commit.
  """

  alias Chat.Postgres.Pool

  @type user :: %{id: String.t(), name: String.t()}
  @type message :: %{
          room: String.t(),
          id: String.t(),
          seq: pos_integer,
          user: user,
          body: String.t(),
          at: String.t(),
          node: String.t()
        }

  @time ~S|to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')|
  @columns "seq, id::text, user_id, user_name, body, node, #{@time}"

  @doc """
  Stores a message; it is committed when this returns. A message that is stored already (same room and id, same user)
  gives the number and time it has, and `new?: false`. `{:error, :id_taken}` when another user used the id.
  """
  @spec append(String.t(), String.t(), user, String.t()) ::
          {:ok, %{seq: pos_integer, at: String.t(), new?: boolean}} | {:error, :id_taken | Pool.failure()}
  def append(room, id, user, body) do
    sql = """
    SELECT seq, #{@time}, is_new, same_user
      FROM append_message($1::text, $2::text::uuid, $3::text, $4::text, $5::text, $6::text)
    """

    case Pool.query("append", sql, [room, id, user.id, user.name, body, to_string(node())]) do
      {:ok, [[_seq, _at, _new, false]]} -> {:error, :id_taken}
      {:ok, [[seq, at, new, true]]} -> {:ok, %{seq: seq, at: at, new?: new}}
      {:error, _} = error -> error
    end
  end

  @doc """
  Messages that come after number `seq`, the oldest first, and whether more follow: at most `limit`, and only so many
  that their bodies have about `bytes` (one at least). Pages are bounded in bytes because each reader holds one.
  """
  @spec following(String.t(), non_neg_integer, pos_integer, pos_integer) ::
          {:ok, [message], more? :: boolean} | {:error, Pool.failure()}
  def following(room, seq, limit, bytes) do
    sql = """
    SELECT #{@columns}, available > $3::bigint OR row_number() OVER (ORDER BY seq) < available
      FROM (SELECT *, count(*) OVER () AS available,
                   sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before
              FROM (SELECT * FROM messages WHERE room = $1::text AND seq > $2::bigint
                     ORDER BY seq LIMIT $3::bigint + 1) following) page
     WHERE before < $4::bigint ORDER BY seq LIMIT $3::bigint
    """

    with {:ok, rows} <- Pool.query("following", sql, [room, seq, limit, bytes]) do
      {:ok, messages(room, rows), rows != [] and List.last(List.last(rows))}
    end
  end

  @doc "The newest messages, the oldest of them first: at most `limit`, and so many that they have about `bytes`."
  @spec latest(String.t(), pos_integer, pos_integer) :: {:ok, [message]} | {:error, Pool.failure()}
  def latest(room, limit, bytes) do
    sql = """
    SELECT #{@columns}, false
      FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY seq DESC) - octet_length(body) AS before
              FROM (SELECT * FROM messages WHERE room = $1::text ORDER BY seq DESC LIMIT $2::bigint) newest) page
     WHERE before < $3::bigint ORDER BY seq
    """

    with {:ok, rows} <- Pool.query("latest", sql, [room, limit, bytes]), do: {:ok, messages(room, rows)}
  end

  @doc "The number of the newest message of each room that has any."
  @spec last_seqs([String.t()]) :: {:ok, %{String.t() => pos_integer}} | {:error, Pool.failure()}
  def last_seqs([]), do: {:ok, %{}}

  def last_seqs(rooms) do
    # Names of rooms hold no character that an array literal would have to escape (Chat.Token.room?/1).
    array = ~c"{" ++ to_charlist(Enum.join(rooms, ",")) ++ ~c"}"
    sql = "SELECT slug, last_seq FROM rooms WHERE slug = ANY ($1::text[])"
    with {:ok, rows} <- Pool.query("last_seqs", sql, [array]), do: {:ok, Map.new(rows, &List.to_tuple/1)}
  end

  @doc "The version of the tables, 0 before the first `migrate`."
  @spec schema_version() :: {:ok, non_neg_integer} | {:error, Pool.failure()}
  def schema_version do
    case Pool.query("schema_version", "SELECT coalesce(max(version), 0)::bigint FROM schema_migrations", []) do
      {:ok, [[version]]} -> {:ok, version}
      {:error, {:sql, "42P01", _}} -> {:ok, 0}
      {:error, _} = error -> error
    end
  end

  defp messages(room, rows) do
    for [seq, id, user_id, user_name, body, node, at, _more] <- rows do
      %{room: room, id: id, seq: seq, user: %{id: user_id, name: user_name}, body: body, at: at, node: node}
    end
  end
end
