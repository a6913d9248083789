defmodule Chat.Socket do
  @moduledoc """
  One WebSocket: reads frames and writes frames. What a frame means is in `Chat.Session`.

  What is sent goes through `Chat.Socket.Writer`. While more than 64 KiB are on their way the client does not keep up:
  nothing more is read from it, so it makes no work, and the session keeps nothing for it. So a socket holds two or
  three pages at most, however slow its client is. A client that reads nothing for five seconds is closed with 1013.
  """
  use GenServer, restart: :temporary

  alias Chat.{Log, Memory, Revocations, Session, Settings, Sockets, WebSocket}
  alias Chat.Socket.Writer

  # Bytes on their way to the client: from here it is too slow, down to here it has caught up.
  @much 65_536
  @little 16_384
  # Who was sent more than this at once has a large heap, which is given back.
  @large 8_192
  # From so many bytes on, what is there of a message that is not whole yet counts.
  @begun 2_048
  # As large as what the listener takes from the network at once.
  @piece 2_048
  # While there is no room for more of it, it is looked for room at this interval (ms).
  @crowded_wait 100
  # After a close frame, so much time for the other side's (ms).
  @close_wait 1_000
  # A socket ends after an hour and comes back with a new token: with the rooms that its user has then.
  @longest 3_600

  @doc "Turns the calling process, which owns the socket, into the WebSocket. `buffer` has come in already."
  def enter(socket, buffer, connection_id, claims, fields) do
    Process.flag(:message_queue_data, :off_heap)
    :ok = Sockets.register(connection_id, claims.id)
    settings = Settings.get()
    seconds = lifetime(claims, settings, System.os_time(:second))

    state = %{
      socket: socket,
      writer: Writer.start_link(socket),
      queued: 0,
      # The bytes that were looked at last, what has come since (the newest first), and how many make the next look useful.
      buffer: buffer,
      pieces: [],
      needed: 1,
      frames: WebSocket.new(),
      kept: 0,
      session: Session.new(claims, settings.heartbeat_seconds, seconds),
      heard: now(),
      silence: 3_000 * settings.heartbeat_seconds,
      fields: fields,
      opened: now(),
      draining: false
    }

    # On the list first, then this look: a change after it is told to all that are on the list.
    if Revocations.signed_out?(claims), do: close(state, 4401, "signed out")
    Process.send_after(self(), :heartbeat, 1_000 * settings.heartbeat_seconds)
    Process.send_after(self(), :token_expired, seconds * 1_000 + 5_000)
    state = write(state, Session.greeting(state.session))
    if buffer != "", do: send(self(), {:tcp, socket, ""}), else: read_next(state)
    :gen_server.enter_loop(__MODULE__, [], state)
  end

  @doc """
  How long a WebSocket with these claims may last (seconds). While signing out reaches open sockets a token is good for
  the handshake and the socket for an hour; without that the socket ends with its token.
  """
  @spec lifetime(Chat.Token.claims(), Settings.t(), integer) :: non_neg_integer
  def lifetime(claims, %{revocations: nil}, now), do: max(claims.expires - now, 0) |> min(@longest)
  def lifetime(_claims, _settings, _now), do: @longest

  @impl true
  def init(_), do: {:stop, :use_enter}

  @impl true
  def handle_info({:tcp, socket, data}, %{socket: socket} = state) do
    # Counted also while it is dealt with, which may take until Postgres has it.
    state = %{take(state, data) | heard: now()} |> count() |> consume() |> count()
    read_next(state)
    # With many of them, what is kept beside the bytes of a message would be more than the message.
    if size(state) == 0, do: {:noreply, state}, else: {:noreply, state, :hibernate}
  end

  def handle_info(:read_next, state) do
    read_next(state)
    {:noreply, state, :hibernate}
  end

  def handle_info({:tcp_closed, socket}, %{socket: socket} = state), do: leave(state, "client left", 1006)
  def handle_info({:tcp_error, socket, _why}, %{socket: socket} = state), do: leave(state, "connection broke", 1006)

  def handle_info({:written, bytes, own}, state) do
    state = %{state | queued: state.queued - bytes}
    if own > 0, do: Sockets.queued(-own)

    cond do
      state.session.paused? and state.queued <= @little ->
        state = %{state | session: Session.resume(state.session)} |> consume() |> count()
        read_next(state)
        {:noreply, state, :hibernate}

      bytes > @large ->
        {:noreply, state, :hibernate}

      true ->
        {:noreply, state}
    end
  end

  def handle_info({:not_written, :timeout}, state), do: close(state, 1013, "client did not read")
  def handle_info({:not_written, _why}, state), do: leave(state, "client left", 1006)

  # The node is short of memory (Chat.Memory).
  def handle_info(:too_slow, state), do: close(state, 1013, "too slow for a node that is short of memory")

  def handle_info(:heartbeat, state) do
    if now() - state.heard >= state.silence, do: close(state, 4000, "no heartbeat")
    Process.send_after(self(), :heartbeat, div(state.silence, 3))
    # A quiet connection gives its memory back.
    {:noreply, state, :hibernate}
  end

  def handle_info(:token_expired, state), do: close(state, 4001, "token expired")

  def handle_info({:drain, milliseconds}, %{draining: false} = state) do
    Process.send_after(self(), :drain_now, milliseconds)
    {:noreply, write(%{state | draining: true}, [WebSocket.text(Chat.Protocol.drain(milliseconds))])}
  end

  # Messages that have reached this node are stored and acknowledged before it says goodbye.
  def handle_info(:drain_now, state), do: state |> read_on() |> close(1012, "service restart")

  # One binary for all members of a room costs this one nothing of its own.
  def handle_info(message, state) do
    shared? = is_tuple(message) and elem(message, 0) == :room_frame

    case Session.event(message, state.session) do
      {:close, code, reason} -> close(state, code, reason)
      {frames, session} -> {:noreply, write(%{state | session: session}, frames, shared?)}
    end
  end

  # A client that does not read what it gets is not listened to either.
  defp consume(%{session: %{paused?: true}} = state), do: state

  defp consume(state) do
    if size(state) < state.needed do
      state
    else
      data = IO.iodata_to_binary([state.buffer | Enum.reverse(state.pieces)])
      state = %{state | buffer: "", pieces: [], needed: 1}

      case WebSocket.decode(data, state.frames) do
        {:more, rest, frames} ->
          %{state | buffer: alone(rest), frames: frames, needed: WebSocket.needed(rest, frames)}

        {:ok, frame, rest, frames} ->
          %{state | buffer: rest, frames: frames} |> handle(frame) |> consume()

        {:error, code, reason} ->
          close(state, code, reason)
      end
    end
  end

  # Pieces stay as they came until the message is whole: growing it piece by piece would leave memory full of gaps. Very
  # small ones are put together, for each has a price of its own.
  defp take(%{pieces: [last | before]} = state, data) when byte_size(last) + byte_size(data) <= @piece,
    do: %{state | pieces: [last <> data | before]}

  defp take(state, data), do: %{state | pieces: [data | state.pieces]}

  defp size(state), do: byte_size(state.buffer) + IO.iodata_length(state.pieces)

  # A small part of something large would keep all of it.
  defp alone(buffer),
    do: if(:binary.referenced_byte_size(buffer) > byte_size(buffer), do: :binary.copy(buffer), else: buffer)

  defp handle(state, {:text, text}) do
    case Session.frame(text, state.session, now()) do
      {:ok, frames, session} -> write(%{state | session: session}, frames)
      {:close, code, reason} -> close(state, code, reason)
    end
  end

  defp handle(state, {:ping, payload}), do: write(state, [WebSocket.pong(payload)])
  defp handle(state, {:pong, _payload}), do: state
  # The answer to a close frame has its code.
  defp handle(state, {:close, code}), do: close(state, code || 1000, "", "client closed")

  # A message that is not whole yet is memory that the client decides on: a short one is let be.
  defp count(state) do
    bytes = size(state) + WebSocket.kept(state.frames)
    kept = if bytes > @begun, do: bytes, else: 0
    if kept != state.kept, do: Sockets.queued(kept - state.kept)
    %{state | kept: kept}
  end

  # The next bytes are read when the last ones are dealt with, when the client reads what it gets, and when there is room.
  defp read_next(%{session: %{paused?: true}}), do: :ok

  defp read_next(state) do
    if state.kept > 0 and Memory.crowded?(),
      do: Process.send_after(self(), :read_next, @crowded_wait),
      else: :inet.setopts(state.socket, active: :once)
  end

  defp write(state, frames, shared? \\ false)
  defp write(state, [], _shared?), do: state

  defp write(state, frames, shared?) do
    bytes = IO.iodata_length(frames)
    own = if shared?, do: 0, else: bytes
    Writer.write(state.writer, frames, bytes, own)
    if own > 0, do: Sockets.queued(own)
    # What the frames were made of would stay until the heap is full, which a client that does not read never makes it.
    if own > @large, do: :erlang.garbage_collect()
    state = %{state | queued: state.queued + bytes}
    if state.queued > @much, do: %{state | session: Session.pause(state.session)}, else: state
  end

  # What the kernel has of this connection, without waiting for more.
  defp read_on(state) do
    :inet.setopts(state.socket, active: false)

    receive do
      {:tcp, _, data} -> state |> take(data) |> consume() |> read_on()
    after
      0 ->
        case :gen_tcp.recv(state.socket, 0, 0) do
          {:ok, data} -> state |> take(data) |> consume() |> read_on()
          {:error, _} -> state
        end
    end
  end

  # The frame goes behind what is on its way: who reads on within a second gets all of it.
  @spec close(map, pos_integer, String.t(), String.t() | nil) :: no_return
  defp close(state, code, reason, why \\ nil) do
    :inet.setopts(state.socket, active: false)
    # Its end is near: others have to make room now.
    Sockets.leaving()
    state = %{state | buffer: "", pieces: [], frames: WebSocket.new()}
    :erlang.garbage_collect()
    Writer.write(state.writer, WebSocket.close(code, reason), 0, 0)
    deadline = now() + @close_wait

    ended? =
      Writer.flush(state.writer, @close_wait) == :ok and :gen_tcp.shutdown(state.socket, :write) == :ok and
        (why != nil or ended?(state.socket, deadline))

    # Whoever does not read is not waited for: what is left is thrown away with the connection.
    if not ended?, do: :inet.setopts(state.socket, linger: {true, 0})
    leave(state, why || reason, code)
  end

  defp ended?(socket, deadline) do
    case :gen_tcp.recv(socket, 0, max(deadline - now(), 0)) do
      {:ok, _} -> ended?(socket, deadline)
      {:error, why} -> why != :timeout
    end
  end

  @spec leave(map, String.t(), pos_integer) :: no_return
  defp leave(state, why, code) do
    # It may be waiting for the client, with all that the client did not read.
    Process.unlink(state.writer)
    Process.exit(state.writer, :kill)
    :gen_tcp.close(state.socket)
    seconds = Float.round((now() - state.opened) / 1000, 1)
    Log.info("socket closed", state.fields ++ [reason: why, code: code, seconds: seconds])
    exit(:normal)
  end

  defp now, do: System.monotonic_time(:millisecond)
end
