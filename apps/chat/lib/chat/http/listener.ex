defmodule Chat.Http.Listener do
  @moduledoc "The port: one listening socket, a few acceptors, and one process for each connection."
  use Supervisor

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
      buffer: 16_384,
      # A client that does not read holds up its own process alone, and no longer than this.
      send_timeout: 5_000,
      send_timeout_close: true,
      high_watermark: 262_144,
      low_watermark: 65_536
    ]

    case :gen_tcp.listen(options[:port], options_of_socket) do
      {:ok, socket} ->
        connections =
          {DynamicSupervisor,
           name: Chat.Http.Connections, strategy: :one_for_one, max_children: options[:max_connections] + @spare}

        acceptors =
          for number <- 1..@acceptors do
            Supervisor.child_spec({Task, fn -> accept(socket) end}, id: {:acceptor, number}, restart: :permanent)
          end

        Supervisor.init([connections | acceptors], strategy: :one_for_one, max_restarts: 10)

      {:error, why} ->
        Chat.Log.error("cannot listen", port: options[:port], error: to_string(:inet.format_error(why)))
        exit({:listen, why})
    end
  end

  defp accept(listening) do
    case :gen_tcp.accept(listening) do
      {:ok, socket} ->
        hand_over(socket)
        accept(listening)

      {:error, :closed} ->
        exit(:shutdown)

      {:error, why} ->
        # No file descriptor is left, or the client is gone already.
        Chat.Log.warning("cannot accept", error: to_string(:inet.format_error(why)))
        Process.sleep(100)
        accept(listening)
    end
  end

  defp hand_over(socket) do
    case DynamicSupervisor.start_child(Chat.Http.Connections, {Connection, socket}) do
      {:ok, process} ->
        with :ok <- :gen_tcp.controlling_process(socket, process), do: send(process, :socket_is_yours)

      {:error, :max_children} ->
        response =
          Chat.Http.Response.problem(503, "full", "this node has all the connections it may have", [
            {"retry-after", "5"}
          ])

        :gen_tcp.send(socket, Chat.Http.Response.encode(response, false))
        :gen_tcp.close(socket)
    end
  end
end
