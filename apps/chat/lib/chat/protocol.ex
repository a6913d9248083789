defmodule Chat.Protocol do
  @moduledoc "The JSON frames between client and server. Pure: text in, meaning out, and back."

  @longest_body 4000
  @uuid ~r/\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z/i

  @type request ::
          {:join, room :: String.t(), after_seq :: non_neg_integer | nil, presence :: :list | :changes}
          | {:presence, room :: String.t()}
          | {:message, room :: String.t(), id :: String.t(), body :: String.t()}
          | :ping
  @type problem :: {:error, code :: String.t(), message :: String.t(), id :: String.t() | nil}

  @doc "Reads a frame of a client."
  @spec decode(binary) :: request | problem
  def decode(text) do
    case Chat.Json.decode(text) do
      {:ok, %{"type" => "ping"}} -> :ping
      {:ok, %{"type" => "join"} = frame} -> decode_join(frame)
      {:ok, %{"type" => "message"} = frame} -> decode_message(frame)
      {:ok, %{"type" => "presence"} = frame} -> decode_presence(frame)
      {:ok, %{}} -> bad("type must be join, message, presence or ping")
      {:ok, _} -> bad("a frame is a JSON object")
      :error -> bad("the frame is not JSON")
    end
  end

  defp decode_join(frame) do
    after_seq = Map.get(frame, "after")
    # A client that does not say so is one of version 1.0, which knows whole lists alone.
    presence = if frame["presence"] == "changes", do: :changes, else: :list

    cond do
      not Chat.Token.room?(frame["room"]) -> bad("room must be the name of a room")
      after_seq == nil -> {:join, frame["room"], nil, presence}
      is_integer(after_seq) and after_seq in 0..9_007_199_254_740_991 -> {:join, frame["room"], after_seq, presence}
      true -> bad("after must be null or the number of a message")
    end
  end

  defp decode_presence(%{"room" => room}) do
    if Chat.Token.room?(room), do: {:presence, room}, else: bad("room must be the name of a room")
  end

  defp decode_presence(_frame), do: bad("room must be the name of a room")

  defp decode_message(%{"id" => id} = frame) when is_binary(id) do
    body = frame["body"]

    cond do
      not (id =~ @uuid) ->
        bad("id must be a UUID")

      not Chat.Token.room?(frame["room"]) ->
        bad("room must be the name of a room", id)

      not is_binary(body) or String.trim(body) == "" ->
        bad("body must be a text that is not empty", id)

      String.contains?(body, <<0>>) ->
        bad("body must not hold the character NUL", id)

      # Code points, as Postgres counts them; a cheap bound first.
      byte_size(body) > 4 * @longest_body or length(String.codepoints(body)) > @longest_body ->
        {:error, "body_too_long", "body may have #{@longest_body} characters", id}

      true ->
        {:message, frame["room"], id, body}
    end
  end

  defp decode_message(_frame), do: bad("id must be a UUID")

  defp bad(message, id \\ nil), do: {:error, "bad_frame", message, id}

  @doc """
  The first frame: which node this is, who the client is, how often it shall ping, and after how long this connection
  ends and has to be replaced by one with a new token (seconds).
  """
  def welcome(node, user, heartbeat, seconds) do
    encode(
      type: "welcome",
      node: node,
      user: {Map.to_list(user)},
      heartbeatSeconds: heartbeat,
      expiresInSeconds: seconds
    )
  end

  @doc "A page of a room's messages; `more` says that another page follows by itself."
  def joined(room, messages, more),
    do: encode(type: "joined", room: room, messages: Enum.map(messages, &message_fields/1), more: more)

  @doc "A message is stored."
  def ack(room, id, seq, at), do: encode(type: "ack", room: room, id: id, seq: seq, at: at)

  @doc "A message, as every member of the room gets it."
  def message(message) do
    {fields} = message_fields(message)
    encode([{:type, "message"} | fields])
  end

  @doc "Who is in a room. `count` is their number, which can be larger than the list."
  def presence(room, users, count), do: encode(type: "presence", room: room, users: people(users), count: count)

  @doc "How many people are in a room that is too large for a list."
  def presence_count(room, count), do: encode(type: "presence", room: room, count: count)

  @doc "Who came (people) and who left (ids) since the last frame about presence."
  def presence_change(room, joined, left, count),
    do: encode(type: "presence_change", room: room, joined: people(joined), left: left, count: count)

  defp people(users), do: Enum.map(users, &{Map.to_list(&1)})

  @doc "The answer to ping."
  def pong, do: ~s({"type":"pong"})

  @doc "This node is about to stop; it closes the connection within `milliseconds`."
  def drain(milliseconds), do: encode(type: "drain", reconnectAfterMs: milliseconds)

  @doc "A request was refused. `about` has the id of the message, or the room, that it is about."
  def error(code, message, about \\ []) do
    encode([type: "error", code: code, message: message] ++ for({_, value} = field <- about, value != nil, do: field))
  end

  defp message_fields(message) do
    {[
       room: message.room,
       id: message.id,
       seq: message.seq,
       user: {Map.to_list(message.user)},
       body: message.body,
       at: message.at,
       node: message.node
     ]}
  end

  defp encode(fields), do: Chat.Json.encode({fields})
end
