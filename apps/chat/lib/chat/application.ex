defmodule Chat.Application do
  @moduledoc """
  Starts the node. The order is the order of need, and the reverse is the order in which it stops: the drain first,
  then the listener, then what the connections needed.
  """
  use Application

  @impl true
  def start(_type, _arguments) do
    Chat.Log.start()

    case Chat.Settings.read(System.get_env()) do
      {:ok, settings} ->
        start(settings)

      {:error, messages} ->
        for message <- messages, do: Chat.Log.error("wrong setting", error: message)
        :logger_std_h.filesync(:default)
        System.halt(1)
    end
  end

  defp start(settings) do
    Chat.Settings.put(settings)
    Chat.Log.setup(settings)

    children =
      [
        %{id: :pg, start: {:pg, :start_link, [Chat.Rooms.scope()]}},
        {Chat.Postgres.Supervisor, settings: settings.postgres, size: settings.pool_size},
        Chat.Health
      ] ++
        Chat.Rooms.children() ++
        [
          {Chat.Cluster, names: settings.cluster},
          Chat.Sockets,
          Chat.Http.Status,
          {Chat.Http.Listener, port: settings.port, max_connections: settings.max_connections},
          {Chat.Drain, seconds: settings.drain_seconds}
        ]

    Chat.Log.info("starting", port: settings.port, schedulers: System.schedulers_online())
    Supervisor.start_link(children, strategy: :rest_for_one, name: Chat.Supervisor)
  end
end
