defmodule Chat.Application do
  @moduledoc """
  Starts the node. The order is the order of need, and the reverse is the order in which it stops: the drain first,
  then the listener, then what the connections needed.

  Each part that can fail alone is a `Chat.Domain`. Connections are in none of them (`Chat.Http.Connection`), and what
  must outlive a process is in tables of the application.
  """
  use Application

  alias Chat.{Domain, Log, Rooms, Settings}

  @impl true
  def start(_type, _arguments) do
    Log.start()

    case Settings.read(System.get_env()) do
      {:ok, settings} ->
        start(settings)

      {:error, messages} ->
        for message <- messages, do: Log.error("wrong setting", error: message)
        :logger_std_h.filesync(:default)
        System.halt(1)
    end
  end

  @doc "Creates the tables that outlive every process but the caller."
  def create_tables do
    for module <- [Domain, Chat.Sockets, Chat.Users, Chat.Memory, Chat.Revocations], do: module.create()
    Chat.Census.create(Chat.Http.Connections)
  end

  defp start(settings) do
    Settings.put(settings)
    Log.setup(settings)
    create_tables()

    children = [
      domain(:postgres, [{Chat.Postgres.Supervisor, settings: settings.postgres, size: settings.pool_size}]),
      domain(:revocations, [{Chat.Revocations, table: settings.revocations}]),
      domain(:health, [Chat.Health]),
      domain(:groups, Rooms.Groups.children(), :rest_for_one),
      domain(:rooms, Rooms.children(), :rest_for_one),
      domain(:sockets, [Chat.Sockets, {Chat.Census, Chat.Http.Connections}]),
      domain(:users, Chat.Users.children(), :rest_for_one),
      domain(:memory, [{Chat.Memory, limit: settings.memory_limit}]),
      domain(:cluster, [{Chat.Cluster, names: settings.cluster}]),
      domain(:status, [Chat.Http.Status]),
      domain(:listener, [{Chat.Http.Listener, port: settings.port, max_connections: settings.max_connections}]),
      {Chat.Drain, seconds: settings.drain_seconds}
    ]

    Log.info("starting",
      port: settings.port,
      schedulers: System.schedulers_online(),
      memoryLimit: settings.memory_limit,
      maxConnections: settings.max_connections
    )

    # A domain never gives up, so this number is never reached by one that fails: it is for kills by hand.
    options = [strategy: :one_for_one, max_restarts: 1_000, max_seconds: 10, name: Chat.Supervisor]

    with {:ok, supervisor} <- Supervisor.start_link(children, options) do
      Domain.booted()
      {:ok, supervisor}
    end
  end

  defp domain(name, children, strategy \\ :one_for_one),
    do: {Domain, name: name, children: children, strategy: strategy}
end
