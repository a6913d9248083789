defmodule Chat.Migrations do
  @moduledoc """
  Brings the tables of schema chat up to date: the files of priv/migrations in the order of their numbers, each in a
  transaction, one node at a time. A file that has been released is never changed; a new one is added that old and new
  pods can both live with.
  """

  alias Chat.Postgres.Driver

  # One number for "chat migrations" that no other program takes as its advisory lock.
  @lock 4_218_620_903_117_045
  @statement_timeout 600_000

  @type migration :: %{version: pos_integer, name: String.t(), sql: String.t()}

  @doc "All migrations, in order."
  @spec all() :: [migration]
  def all do
    folder = Application.app_dir(:chat, "priv/migrations")

    for file <- folder |> File.ls!() |> Enum.sort(), Path.extname(file) == ".sql" do
      {version, "_" <> name} = Integer.parse(Path.basename(file, ".sql"))
      %{version: version, name: name, sql: File.read!(Path.join(folder, file))}
    end
  end

  @doc "The version of the tables that this program needs."
  @spec newest() :: pos_integer
  def newest, do: all() |> List.last() |> Map.fetch!(:version)

  @doc "Applies what is missing and gives the versions that it applied; `report` is told of each step."
  @spec run(Chat.Settings.postgres(), (String.t() -> any)) :: {:ok, [pos_integer]} | {:error, String.t()}
  def run(settings, report) do
    Process.flag(:trap_exit, true)

    with {:ok, connection} <- step("use Postgres at #{settings.host}:#{settings.port}", Driver.connect(settings)) do
      try do
        migrate(connection, report)
      after
        # The advisory lock ends with the connection.
        Driver.close(connection)
      end
    end
  end

  defp migrate(connection, report) do
    report.("waiting for the migration lock")

    prepare = """
    SET application_name = 'chat migrate'; SET search_path = chat; SET lock_timeout = '300s';
    SELECT pg_advisory_lock(#{@lock});
    """

    table = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version bigint PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
    """

    with {:ok, _} <- step("take the lock", script(connection, prepare)),
         {:ok, _} <- step("create schema_migrations", script(connection, table)),
         {:ok, rows} <- step("read schema_migrations", script(connection, "SELECT version FROM schema_migrations")) do
      done = MapSet.new(rows, fn [version] -> String.to_integer(version) end)
      apply_all(connection, Enum.reject(all(), &(&1.version in done)), report, [])
    end
  end

  defp apply_all(_connection, [], _report, done), do: {:ok, Enum.reverse(done)}

  defp apply_all(connection, [migration | rest], report, done) do
    report.("applying migration #{migration.version} #{migration.name}")

    sql =
      "BEGIN; SET LOCAL lock_timeout = '10s';\n#{migration.sql}\n" <>
        "; INSERT INTO schema_migrations (version, name) VALUES (#{migration.version}, '#{migration.name}'); COMMIT"

    with {:ok, _} <- step("apply migration #{migration.version} #{migration.name}", script(connection, sql)),
         do: apply_all(connection, rest, report, [migration.version | done])
  end

  defp script(connection, sql), do: Driver.script(connection, sql, @statement_timeout)

  defp step(what, {:error, failure}), do: {:error, "cannot #{what}: #{Driver.describe(failure)}"}
  defp step(_what, ok), do: ok
end
