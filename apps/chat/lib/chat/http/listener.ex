defmodule Chat.Http.Listener do
  @moduledoc """
  The port: one listening socket and a few acceptors, which start a process for each connection. Connections that were
  accepted do not depend on it.
  """
  use Supervisor

  alias Chat.Census
  alias Chat.Http.Connection

  @acceptors 4
  # Connections beyond the WebSockets: probes, the status page, requests that are being refused.
  @spare 200

  @doc "Options: `port` and `max_connections` (WebSockets)."
  def start_link(options), do: Supervisor.start_link(__MODULE__, options, name: __MODULE__)

  @impl true
  def init(options) do
    options_of_socket = [
      :binary,
      packet: :raw,
      active: false,
      reuseaddr: true,
      nodelay: true,
      keepalive: true,
      backlog: 1024,
      # A client that does not read holds up its own writer alone, and no longer than this.
      send_timeout: 5_000,
      # Fixed, or the kernel would keep up to 4 MB for each client that does not read (net.ipv4.tcp_wmem).
      sndbuf: 65_536,
      recbuf: 8_192,
      # What comes in is taken in such pieces: whoever sends much at once is looked at between them (Chat.Socket).
      buffer: 2_048,
      high_watermark: 32_768,
      low_watermark: 8_192
    ]

    case :gen_tcp.listen(options[:port], options_of_socket) do
      {:ok, socket} ->
        acceptors =
          for number <- 1..@acceptors do
            Supervisor.child_spec({Task, fn -> accept(socket, options[:max_connections] + @spare) end},
              id: {:acceptor, number},
              restart: :permanent
            )
          end

        Supervisor.init(acceptors, strategy: :one_for_one, max_restarts: 10)

      {:error, why} ->
        Chat.Log.error("cannot listen", port: options[:port], error: to_string(:inet.format_error(why)))
        exit({:listen, why})
    end
  end

  defp accept(listening, most) do
    case :gen_tcp.accept(listening) do
      {:ok, socket} ->
        hand_over(socket, most)
        accept(listening, most)

      {:error, :closed} ->
        exit(:shutdown)

      {:error, why} ->
        # No file descriptor is left, or the client is gone already.
        Chat.Log.warning("cannot accept", error: to_string(:inet.format_error(why)))
        Process.sleep(100)
        accept(listening, most)
    end
  end

  defp hand_over(socket, most) do
    if Census.size(Chat.Http.Connections) < most do
      process = Connection.start(socket)
      with :ok <- :gen_tcp.controlling_process(socket, process), do: send(process, :socket_is_yours)
    else
      :gen_tcp.send(socket, Chat.Http.Response.encode(Chat.Http.Response.full(), false))
      :gen_tcp.close(socket)
    end
  end
end
