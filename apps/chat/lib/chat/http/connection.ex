defmodule Chat.Http.Connection do
  @moduledoc """
  One TCP connection: reads requests one after the other and answers them, until the client leaves, is silent for too
  long, or asks for a WebSocket, which this process then becomes (`Chat.Socket`).
  """

  alias Chat.Http.{Request, Response, Router}
  alias Chat.{Drain, Log}

  # For a whole request head, and for silence between two requests (ms).
  @head_timeout 10_000
  @idle_timeout 75_000
  @most_requests 1_000

  @doc """
  Starts the process; it waits until the socket is its own. It is linked to nobody and has no supervisor: nothing that
  ends on this node ends a connection. It is on the list `Chat.Http.Connections` while it lives.
  """
  @spec start(:gen_tcp.socket()) :: pid
  def start(socket) do
    process = :proc_lib.spawn(__MODULE__, :init, [socket])
    Chat.Census.add(Chat.Http.Connections, process, nil)
    process
  end

  @doc false
  def init(socket) do
    receive do
      :socket_is_yours -> serve(%{socket: socket, id: random_id(), requests: 0, buffer: ""})
    after
      5_000 -> :gen_tcp.close(socket)
    end
  end

  @doc "An identifier that is new: 16 hex digits."
  @spec random_id() :: String.t()
  def random_id, do: Base.encode16(:crypto.strong_rand_bytes(8), case: :lower)

  defp serve(connection) do
    case read(connection, nil) do
      {:ok, request, rest} ->
        answer(%{connection | buffer: rest, requests: connection.requests + 1}, request)

      {:error, status} when is_integer(status) ->
        reply(connection, Response.encode(Response.unreadable(status), false))
        finish(connection)

      :closed ->
        :gen_tcp.close(connection.socket)
    end
  end

  # The time for the head runs from its first byte.
  defp read(%{buffer: buffer} = connection, deadline) do
    case Request.parse(buffer) do
      :more ->
        deadline = deadline || if(buffer != "" or connection.requests == 0, do: now() + @head_timeout)
        timeout = if deadline, do: max(deadline - now(), 0), else: @idle_timeout

        case :gen_tcp.recv(connection.socket, 0, timeout) do
          {:ok, data} -> read(%{connection | buffer: buffer <> data}, deadline)
          {:error, :timeout} when buffer != "" -> {:error, 408}
          {:error, _} -> :closed
        end

      other ->
        other
    end
  end

  defp answer(connection, request) do
    request_id = request_id(Request.header(request, "x-request-id"))
    started = now()

    case Router.route(request) do
      {:upgrade, claims, headers} ->
        upgrade(connection, request_id, request, claims, headers)

      {:respond, {status, headers, body}} ->
        keep = request.keep_alive? and connection.requests < @most_requests and not Drain.draining?()
        response = {status, [{"x-request-id", request_id} | headers], body}
        sent = reply(connection, Response.encode(response, keep, request.method != "HEAD"))
        log(request, status, request_id, connection.id, now() - started)
        if sent == :ok and keep, do: serve(connection), else: finish(connection)
    end
  end

  defp upgrade(connection, request_id, request, claims, headers) do
    case reply(connection, Response.switch([{"x-request-id", request_id} | headers])) do
      :ok ->
        # The names of log fields; a token or an address with a token never gets here.
        fields = [connectionId: connection.id, requestId: request_id, tokenRequestId: claims.request, user: claims.id]
        Log.info("socket opened", fields ++ [client: client(request)])
        Chat.Socket.enter(connection.socket, connection.buffer, connection.id, claims, fields)

      {:error, _} ->
        :gen_tcp.close(connection.socket)
    end
  end

  defp reply(connection, bytes), do: :gen_tcp.send(connection.socket, bytes)

  # Closing with unread bytes would reset the connection, and the client might never see the answer.
  defp finish(connection) do
    :gen_tcp.shutdown(connection.socket, :write)
    :gen_tcp.recv(connection.socket, 0, 500)
    :gen_tcp.close(connection.socket)
  end

  # Asked every few seconds by the kubelet and by open status pages.
  @quiet ["/livez", "/readyz", "/startupz", "/status.json"]
  defp log(%{path: path}, status, _, _, _) when path in @quiet and status < 400, do: :ok

  defp log(request, status, request_id, connection_id, milliseconds) do
    # Without the query: whoever puts a token there shall not find it in a log.
    Log.info("request",
      method: request.method,
      path: request.path,
      status: status,
      ms: milliseconds,
      requestId: request_id,
      connectionId: connection_id,
      client: client(request)
    )
  end

  # The proxy in front sets it to the address of the client.
  defp client(request), do: request |> Request.list("x-forwarded-for") |> List.last()

  defp request_id(nil), do: random_id()
  defp request_id(given), do: if(given =~ ~r/\A[A-Za-z0-9._-]{1,64}\z/, do: given, else: random_id())

  defp now, do: System.monotonic_time(:millisecond)
end
