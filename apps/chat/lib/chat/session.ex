defmodule Chat.Session do
  @moduledoc """
  What a client and the chat say to each other: joins, messages, presence. Takes what comes in (a frame of the client,
  a message of another process) and gives the frames to send.

  For each room it remembers the number of the last message that the client was sent. A live message is sent only when
  its number is the next one; otherwise the session reads what is missing from the store, page by page.

  While the client does not keep up (`pause/1`) nothing is collected for it here: live messages are let go, and read
  from the store when it has caught up (`resume/1`). So a slow client costs one page and not a queue.
  """

  alias Chat.{Protocol, Revocations, Rooms, Store, Users, WebSocket}
  alias Chat.Session.Pages

  # What failed is tried again after this time (ms).
  @retry 1_000
  # So many refused requests without a pause end the connection.
  @patience 200

  defstruct [:user, :claims, :allowed, :heartbeat, :seconds, rooms: %{}, refused: 0, paused?: false, waiting: []]

  @doc "The session of a client with these claims; `seconds` is how long it may last."
  def new(claims, heartbeat, seconds) do
    %__MODULE__{
      user: %{id: claims.id, name: claims.name},
      claims: claims,
      allowed: Revocations.open_rooms(claims),
      heartbeat: heartbeat,
      seconds: seconds
    }
  end

  @doc "What a new client is sent first."
  def greeting(session),
    do: [text(Protocol.welcome(node(), session.user, session.heartbeat, session.seconds))]

  @doc "The client does not keep up: from now on nothing is kept for it."
  def pause(session), do: %{session | paused?: true}

  @doc "The client has read what there was: what it missed is read, room by room."
  def resume(session) do
    for {room, what} <- Enum.reverse(session.waiting), do: send(self(), {:resume, room, what})
    %{session | paused?: false, waiting: []}
  end

  @doc "A frame of the client at time `now` (ms)."
  @spec frame(binary, %__MODULE__{}, integer) ::
          {:ok, [binary], %__MODULE__{}} | {:close, pos_integer, String.t()}
  def frame(body, session, now) do
    case Users.take(session.user.id, :request, now) do
      :ok -> request(Protocol.decode(body), session, now)
      :empty -> limited(Protocol.decode(body), session)
    end
  end

  defp request(:ping, session, _now), do: {:ok, [WebSocket.text(Protocol.pong())], session}

  defp request({:error, code, message, id}, session, _now), do: refuse(session, code, message, id: id)

  defp request({:join, room, after_seq, presence}, session, _now) do
    if room in session.allowed,
      do: join(room, after_seq, presence, session),
      else: refuse(session, "forbidden", "the token does not open room #{room}", room: room)
  end

  defp request({:presence, room}, session, _now) do
    case session.rooms[room] do
      %{process: process} when process != nil ->
        Rooms.list(process)
        {:ok, [], session}

      _ ->
        refuse(session, "forbidden", "join room #{room} first", room: room)
    end
  end

  defp request({:message, room, id, body} = message, session, now) do
    if room in session.allowed do
      case Users.take(session.user.id, :message, now) do
        :ok -> store(room, id, body, %{session | refused: 0})
        :empty -> limited(message, session)
      end
    else
      refuse(session, "forbidden", "the token does not open room #{room}", id: id, room: room)
    end
  end

  defp limited(request, session) do
    {burst, rate} = Users.limit(:message, Chat.Settings.get().message_rate)
    id = with({:message, _, id, _} <- request, do: id, else: (_ -> nil))

    message = "#{rate} messages per second, #{burst} at once, for all connections of a user; send it again in a moment"

    refuse(session, "rate_limited", message, id: id)
  end

  defp refuse(%{refused: refused}, _code, _message, _about) when refused >= @patience,
    do: {:close, 1008, "too many refused requests"}

  defp refuse(session, code, message, about),
    do: {:ok, [text(Protocol.error(code, message, about))], %{session | refused: session.refused + 1}}

  defp store(room, id, body, session) do
    case Store.append(room, id, session.user, body) do
      {:ok, stored} ->
        if stored.new?, do: publish(room, id, body, stored, session.user)
        {:ok, [text(Protocol.ack(room, id, stored.seq, stored.at))], session}

      {:error, :id_taken} ->
        refuse(session, "id_taken", "another message has this id", id: id)

      {:error, failure} ->
        Chat.Log.error("message could not be stored", room: room, error: Chat.Postgres.Pool.describe(failure))
        {:ok, [text(Protocol.error("unavailable", "the message is not stored; send it again", id: id))], session}
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

  defp join(room, after_seq, presence, session) do
    case session.rooms[room] do
      # The client asks for a page that is under way already.
      %{reading: :pages, from: from, sent: sent} when is_integer(after_seq) and after_seq in from..sent ->
        {:ok, [], session}

      nil ->
        # Members before reading: what is stored from now on comes as a message, what was before is read.
        entry = subscribe(room, session, %{presence: presence, from: 0, sent: nil, reading: nil})
        read_first(room, after_seq, session, entry)

      entry ->
        read_first(room, after_seq, session, entry)
    end
  end

  # Without a process of the room (it is being started again) the session tries again, and the store is there meanwhile.
  defp subscribe(room, session, entry) do
    case Rooms.subscribe(room, session.user, entry.presence) do
      {:ok, process} ->
        Map.merge(entry, %{process: process, monitor: Process.monitor(process)})

      {:error, :unavailable} ->
        Process.send_after(self(), {:subscribe, room}, @retry)
        Map.merge(entry, %{process: nil, monitor: nil})
    end
  end

  defp read_first(room, after_seq, session, entry) do
    case Pages.first(room, after_seq) do
      {:ok, messages, more, sent} ->
        if more, do: send(self(), {:read, room})
        entry = %{entry | from: after_seq || 0, sent: sent, reading: if(more, do: :pages)}
        {:ok, Pages.frames(:pages, room, messages, more), put(session, room, entry)}

      {:error, failure} ->
        if failure != :busy,
          do: Chat.Log.error("room could not be read", room: room, error: Chat.Postgres.Pool.describe(failure))

        # Live messages wait until the client has joined.
        error = Protocol.error("unavailable", "room #{room} cannot be read; join again")
        {:ok, [text(error)], put(session, room, entry)}
    end
  end

  @doc "A message of another process of the chat."
  @spec event(term, %__MODULE__{}) :: {[binary], %__MODULE__{}} | {:close, pos_integer, String.t()}
  def event({:room_frame, room, _frame}, %{paused?: true} = session), do: {[], later(session, room, :presence)}

  def event({:room_frame, room, frame}, session),
    do: {if(Map.has_key?(session.rooms, room), do: [frame], else: []), session}

  def event({:room_frame, room, seq, frame}, session) do
    case session.rooms[room] do
      %{reading: nil, sent: sent} = entry when seq == sent + 1 and not session.paused? ->
        {[frame], put(session, room, %{entry | sent: seq})}

      %{reading: nil, sent: sent} when is_integer(sent) and seq > sent ->
        fill(room, session)

      # Sent already, or about to be read.
      _ ->
        {[], session}
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

  def event({:resume, room, :presence}, session) do
    with %{process: process} when process != nil <- session.rooms[room], do: Rooms.list(process)
    {[], session}
  end

  def event({:resume, room, :messages}, session), do: event({:read, room}, session)

  # The room's process here has ended; a new one knows nothing of this member.
  def event({:DOWN, monitor, :process, _, _}, session) do
    case Enum.find(session.rooms, fn {_, entry} -> entry.monitor == monitor end) do
      {room, entry} -> rejoin(room, entry, session)
      nil -> {[], session}
    end
  end

  def event({:subscribe, room}, session) do
    case session.rooms[room] do
      %{process: nil} = entry -> rejoin(room, entry, session)
      _ -> {[], session}
    end
  end

  # What was revoked has changed.
  def event(:revocations, session) do
    if Revocations.signed_out?(session.claims),
      do: {:close, 4401, "signed out"},
      else: session.allowed |> MapSet.difference(Revocations.open_rooms(session.claims)) |> shut(session)
  end

  def event(_late, session), do: {[], session}

  defp rejoin(room, entry, session) do
    entry = subscribe(room, session, entry)
    session = put(session, room, entry)
    if entry.reading == nil and is_integer(entry.sent), do: fill(room, session), else: {[], session}
  end

  # Nothing of these rooms is sent or taken any more. What was sent before stays with the client.
  defp shut(rooms, session) do
    session =
      Enum.reduce(rooms, session, fn room, session ->
        {entry, rest} = Map.pop(session.rooms, room)
        if entry && entry.process, do: Rooms.unsubscribe(entry.process)
        if entry && entry.monitor, do: Process.demonitor(entry.monitor, [:flush])
        %{session | rooms: rest, allowed: MapSet.delete(session.allowed, room)}
      end)

    {for(room <- rooms, do: text(Protocol.error("forbidden", "room #{room} is closed to you", room: room))), session}
  end

  # Reads what is missing and sends it as messages.
  defp fill(room, session) do
    entry = %{session.rooms[room] | reading: :messages}
    read(room, entry, put(session, room, entry))
  end

  defp read(room, _entry, %{paused?: true} = session), do: {[], later(session, room, :messages)}

  defp read(room, %{sent: sent, reading: how} = entry, session) do
    case Pages.following(room, sent) do
      {:error, :busy} ->
        Process.send_after(self(), {:read, room}, @retry)
        {[], session}

      {:ok, messages, more} ->
        if more, do: send(self(), {:read, room})
        entry = %{entry | sent: Pages.last(messages, sent), reading: if(more, do: how)}
        {Pages.frames(how, room, messages, more), put(session, room, entry)}

      {:error, failure} ->
        # Logged by the pool's workers, but not for each reader; readiness leaves when it lasts.
        Chat.Log.debug("page could not be read", room: room, error: Chat.Postgres.Pool.describe(failure))
        Process.send_after(self(), {:read, room}, @retry)
        {[], session}
    end
  end

  defp later(session, room, what) do
    if {room, what} in session.waiting, do: session, else: %{session | waiting: [{room, what} | session.waiting]}
  end

  defp put(session, room, entry), do: %{session | rooms: Map.put(session.rooms, room, entry)}

  defp text(payload), do: WebSocket.text(payload)
end
