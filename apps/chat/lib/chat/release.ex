defmodule Chat.Release do
  @moduledoc "What is run by hand or by a Job: `bin/chat eval \"Chat.Release.migrate()\"`."

  @doc """
  Creates or updates the tables of schema chat. Needs the PG* variables only: no cookie, no port. Ends the VM with
  status 1 and the error of Postgres on stderr when it fails.
  """
  @spec migrate() :: :ok
  def migrate do
    {:ok, _} = Application.ensure_all_started(:ssl)
    Application.load(:chat)
    # A crash report of the driver would show its state, password included; what failed is said below.
    :logger.set_primary_config(:level, :none)
    {:ok, _} = Chat.Postgres.Sink.start_link([])

    with {:ok, settings} <- Chat.Settings.postgres(System.get_env()),
         {:ok, versions} <- Chat.Migrations.run(settings, &say/1) do
      say(
        if versions == [], do: "schema chat is up to date", else: "schema chat is now at version #{List.last(versions)}"
      )
    else
      {:error, problems} ->
        for problem <- List.wrap(problems), do: IO.puts(:stderr, "chat migrate: #{problem}")
        System.halt(1)
    end
  end

  defp say(text), do: IO.puts("chat migrate: #{text}")
end
