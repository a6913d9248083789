defmodule Chat.Socket do
  @moduledoc """
  One WebSocket: reads frames and writes frames. What a frame means is in `Chat.Session`. It reads the next bytes from
  the network only when it has dealt with the last ones, so a client is never faster than its messages are stored.
  """
  use GenServer, restart: :temporary

  alias Chat.{Log, Session, WebSocket}

  # A client that lets this many messages wait does not keep up; it comes back and reads on where it was.
  @most_waiting 2_000
  # After a close frame, so much time for the other side's (ms).
  @close_wait 1_000

  @doc "Turns the calling process, which owns the socket, into the WebSocket. `buffer` has come in already."
  def enter(socket, buffer, connection_id, claims, fields) do
    Process.flag(:message_queue_data, :off_heap)
    :ok = Chat.Sockets.register(connection_id)
    settings = Chat.Settings.get()

    state = %{
      socket: socket,
      buffer: buffer,
      frames: WebSocket.new(),
      session: Session.new(claims, settings.heartbeat_seconds, settings.message_rate, now()),
      heard: now(),
      silence: 3_000 * settings.heartbeat_seconds,
      fields: fields,
      opened: now(),
      draining: false
    }

    Process.send_after(self(), :heartbeat, 1_000 * settings.heartbeat_seconds)
    # A token is good for an hour, and so is what it opened: the client comes back with a new one.
    Process.send_after(self(), :token_expired, max(claims.expires - System.os_time(:second), 0) * 1_000 + 5_000)
    state = write(state, Session.greeting(state.session))
    if buffer != "", do: send(self(), {:tcp, socket, ""}), else: :inet.setopts(socket, active: :once)
    :gen_server.enter_loop(__MODULE__, [], state)
  end

  @impl true
  def init(_), do: {:stop, :use_enter}

  @impl true
  def handle_info({:tcp, socket, data}, %{socket: socket} = state) do
    state = consume(%{state | buffer: state.buffer <> data, heard: now()})
    :inet.setopts(socket, active: :once)
    {:noreply, state}
  end

  def handle_info({:tcp_closed, socket}, %{socket: socket} = state), do: leave(state, "client left", 1006)
  def handle_info({:tcp_error, socket, _why}, %{socket: socket} = state), do: leave(state, "connection broke", 1006)

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

  def handle_info(message, state) do
    {frames, session} = Session.event(message, state.session)
    {:noreply, write(%{state | session: session}, frames)}
  end

  defp consume(state) do
    case WebSocket.decode(state.buffer, state.frames) do
      {:more, buffer, frames} -> %{state | buffer: :binary.copy(buffer), frames: frames}
      {:ok, frame, rest, frames} -> %{state | buffer: rest, frames: frames} |> handle(frame) |> consume()
      {:error, code, reason} -> close(state, code, reason)
    end
  end

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

  defp write(state, []), do: state

  defp write(state, frames) do
    with :ok <- :gen_tcp.send(state.socket, frames),
         {:message_queue_len, waiting} when waiting <= @most_waiting <- Process.info(self(), :message_queue_len) do
      state
    else
      {:message_queue_len, _} -> close(state, 1013, "too slow")
      {:error, :timeout} -> leave(state, "client did not read", 1006)
      {:error, _} -> leave(state, "client left", 1006)
    end
  end

  # What the kernel has of this connection, without waiting for more.
  defp read_on(state) do
    :inet.setopts(state.socket, active: false)

    receive do
      {:tcp, _, data} -> read_on(consume(%{state | buffer: state.buffer <> data}))
    after
      0 ->
        case :gen_tcp.recv(state.socket, 0, 0) do
          {:ok, data} -> read_on(consume(%{state | buffer: state.buffer <> data}))
          {:error, _} -> state
        end
    end
  end

  @spec close(map, pos_integer, String.t(), String.t() | nil) :: no_return
  defp close(state, code, reason, why \\ nil) do
    :gen_tcp.send(state.socket, WebSocket.close(code, reason))
    :gen_tcp.shutdown(state.socket, :write)
    :inet.setopts(state.socket, active: false)
    if why == nil, do: wait_for_end(state.socket, now() + @close_wait)
    leave(state, why || reason, code)
  end

  defp wait_for_end(socket, deadline) do
    with {:ok, _} <- :gen_tcp.recv(socket, 0, max(deadline - now(), 0)), do: wait_for_end(socket, deadline)
  end

  @spec leave(map, String.t(), pos_integer) :: no_return
  defp leave(state, why, code) do
    :gen_tcp.close(state.socket)
    seconds = Float.round((now() - state.opened) / 1000, 1)
    Log.info("socket closed", state.fields ++ [reason: why, code: code, seconds: seconds])
    exit(:normal)
  end

  defp now, do: System.monotonic_time(:millisecond)
end
