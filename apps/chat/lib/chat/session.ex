defmodule Chat.Session do
  @moduledoc """
  What a client and the chat say to each other: joins, messages, presence. Takes what comes in (a frame of the client,
  a message of another process) and gives the frames to send.

  For each room it remembers the number of the last message that the client was sent. A live message is sent only when
  its number is the next one; otherwise the session reads what is missing from the store, page by page.
  """

  alias Chat.{Protocol, Rate, Rooms, Store, WebSocket}

  @page 200
  @first_page 50
  # A member whose read failed tries again after this time (ms).
  @retry 1_000
  # Requests of all kinds that a connection may make for each message it may send.
  @requests_per_message 3
  # So many refused requests without a pause end the connection.
  @patience 200

  defstruct [:user, :allowed, :heartbeat, :requests, :messages, rooms: %{}, refused: 0]

  @doc """
  The session of a client with these claims at time `now` (ms). `message_rate` is messages per second in the long run;
  twice as many may come at once.
  """
  def new(claims, heartbeat, message_rate, now) do
    request_rate = @requests_per_message * message_rate

    %__MODULE__{
      user: %{id: claims.id, name: claims.name},
      allowed: claims.rooms,
      heartbeat: heartbeat,
      requests: Rate.new(2 * request_rate, request_rate, now),
      messages: Rate.new(2 * message_rate, message_rate, now)
    }
  end

  @doc "What a new client is sent first."
  def greeting(session), do: [text(Protocol.welcome(node(), session.user, session.heartbeat))]

  @doc "A frame of the client."
  @spec frame(binary, %__MODULE__{}, integer) ::
          {:ok, [binary], %__MODULE__{}} | {:close, pos_integer, String.t()}
  def frame(body, session, now) do
    case Rate.take(session.requests, now) do
      {:ok, requests} -> request(Protocol.decode(body), %{session | requests: requests}, now)
      {:empty, requests} -> limited(Protocol.decode(body), %{session | requests: requests})
    end
  end

  defp request(:ping, session, _now), do: {:ok, [WebSocket.text(Protocol.pong())], session}

  defp request({:error, code, message, id}, session, _now), do: refuse(session, code, message, id)

  defp request({:join, room, after_seq}, session, _now) do
    if room in session.allowed,
      do: join(room, after_seq, session),
      else: refuse(session, "forbidden", "the token does not open room #{room}", nil)
  end

  defp request({:message, room, id, body} = message, session, now) do
    if room in session.allowed do
      case Rate.take(session.messages, now) do
        {:ok, messages} -> store(room, id, body, %{session | messages: messages, refused: 0})
        {:empty, messages} -> limited(message, %{session | messages: messages})
      end
    else
      refuse(session, "forbidden", "the token does not open room #{room}", id)
    end
  end

  defp limited(request, session) do
    %{burst: burst, per_second: rate} = session.messages
    id = with({:message, _, id, _} <- request, do: id, else: (_ -> nil))
    refuse(session, "rate_limited", "#{rate} messages per second, #{burst} at once; send it again in a moment", id)
  end

  defp refuse(%{refused: refused}, _code, _message, _id) when refused >= @patience,
    do: {:close, 1008, "too many refused requests"}

  defp refuse(session, code, message, id),
    do: {:ok, [text(Protocol.error(code, message, id))], %{session | refused: session.refused + 1}}

  defp store(room, id, body, session) do
    case Store.append(room, id, session.user, body) do
      {:ok, stored} ->
        if stored.new?, do: publish(room, id, body, stored, session.user)
        {:ok, [text(Protocol.ack(room, id, stored.seq, stored.at))], session}

      {:error, :id_taken} ->
        refuse(session, "id_taken", "another message has this id", id)

      {:error, failure} ->
        Chat.Log.error("message could not be stored", room: room, error: Chat.Postgres.Pool.describe(failure))
        {:ok, [text(Protocol.error("unavailable", "the message is not stored; send it again", id))], session}
    end
  end

  defp publish(room, id, body, stored, user) do
    # Identifiers are compared and stored in lower case.
    message = %{
      room: room,
      id: String.downcase(id),
      seq: stored.seq,
      user: user,
      body: body,
      at: stored.at,
      node: node()
    }

    Rooms.publish(room, stored.seq, text(Protocol.message(message)))
  end

  defp join(room, after_seq, session) do
    case session.rooms[room] do
      # The client asks for a page that is under way already.
      %{reading: :pages, from: from, sent: sent} when is_integer(after_seq) and after_seq in from..sent ->
        {:ok, [], session}

      nil ->
        # Members before reading: what is stored from now on comes as a message, what was before is read.
        monitor = Process.monitor(Rooms.subscribe(room, session.user))
        join(room, after_seq, session, %{monitor: monitor, from: 0, sent: nil, reading: nil})

      entry ->
        join(room, after_seq, session, entry)
    end
  end

  defp join(room, after_seq, session, entry) do
    case first_page(room, after_seq) do
      {:ok, messages, more, sent} ->
        if more, do: send(self(), {:read, room})
        entry = %{entry | from: after_seq || 0, sent: sent, reading: if(more, do: :pages)}
        {:ok, [text(Protocol.joined(room, messages, more))], put(session, room, entry)}

      {:error, failure} ->
        Chat.Log.error("room could not be read", room: room, error: Chat.Postgres.Pool.describe(failure))
        # Live messages wait until the client has joined.
        error = Protocol.error("unavailable", "room #{room} cannot be read; join again")
        {:ok, [text(error)], put(session, room, entry)}
    end
  end

  defp first_page(room, nil) do
    with {:ok, messages} <- Store.latest(room, @first_page), do: {:ok, messages, false, last(messages, 0)}
  end

  defp first_page(room, after_seq) do
    with {:ok, messages, more} <- page(room, after_seq) do
      if messages == [], do: at_most_newest(room, after_seq), else: {:ok, messages, more, last(messages, after_seq)}
    end
  end

  # A client that has seen more than there is (the database was restored) gets what comes from now on.
  defp at_most_newest(room, after_seq) do
    with {:ok, newest} <- Store.last_seqs([room]), do: {:ok, [], false, min(after_seq, Map.get(newest, room, 0))}
  end

  defp page(room, after_seq) do
    with {:ok, messages} <- Store.following(room, after_seq, @page + 1),
         do: {:ok, Enum.take(messages, @page), length(messages) > @page}
  end

  @doc "A message of another process of the chat."
  @spec event(term, %__MODULE__{}) :: {[binary], %__MODULE__{}}
  def event({:room_frame, _room, frame}, session), do: {[frame], session}

  def event({:room_frame, room, seq, frame}, session) do
    case session.rooms[room] do
      %{reading: nil, sent: sent} = entry when seq == sent + 1 -> {[frame], put(session, room, %{entry | sent: seq})}
      %{reading: nil, sent: sent} when is_integer(sent) and seq > sent -> fill(room, session)
      # Sent already, or about to be read.
      _ -> {[], session}
    end
  end

  def event({:room_seq, room, seq}, session) do
    case session.rooms[room] do
      %{reading: nil, sent: sent} when is_integer(sent) and seq > sent -> fill(room, session)
      _ -> {[], session}
    end
  end

  def event({:read, room}, session) do
    case session.rooms[room] do
      %{reading: how} = entry when how != nil -> read(room, entry, session)
      _ -> {[], session}
    end
  end

  # The room's process here has ended; a new one knows nothing of this member.
  def event({:DOWN, monitor, :process, _, _}, session) do
    case Enum.find(session.rooms, fn {_, entry} -> entry.monitor == monitor end) do
      {room, entry} ->
        entry = %{entry | monitor: Process.monitor(Rooms.subscribe(room, session.user))}
        session = put(session, room, entry)
        if entry.reading == nil and is_integer(entry.sent), do: fill(room, session), else: {[], session}

      nil ->
        {[], session}
    end
  end

  def event(_late, session), do: {[], session}

  # Reads what is missing and sends it as messages.
  defp fill(room, session) do
    entry = %{session.rooms[room] | reading: :messages}
    read(room, entry, put(session, room, entry))
  end

  defp read(room, %{sent: sent, reading: how} = entry, session) do
    case page(room, sent) do
      {:ok, messages, more} ->
        if more, do: send(self(), {:read, room})
        entry = %{entry | sent: last(messages, sent), reading: if(more, do: how)}
        {frames(how, room, messages, more), put(session, room, entry)}

      {:error, _failure} ->
        Process.send_after(self(), {:read, room}, @retry)
        {[], session}
    end
  end

  defp frames(:pages, room, messages, more), do: [text(Protocol.joined(room, messages, more))]
  defp frames(:messages, _room, messages, _more), do: Enum.map(messages, &text(Protocol.message(&1)))

  defp put(session, room, entry), do: %{session | rooms: Map.put(session.rooms, room, entry)}

  defp last([], otherwise), do: otherwise
  defp last(messages, _otherwise), do: List.last(messages).seq

  defp text(payload), do: WebSocket.text(payload)
end
