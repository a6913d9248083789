defmodule Chat.Postgres.Driver do
  @moduledoc """
  p1_pgsql with time limits, plain results and errors that a person can read. A connection is a process that is linked
  to its caller, which must trap exits.
  """

  @type connection :: pid
  @type failure :: {:sql, code :: String.t(), message :: String.t()} | {:lost, String.t()}

  # The driver waits at most 5 s for each step of the log-in.
  @connect_timeout 5_000

  @doc """
  Connects and logs in. With TLS the chain up to the CA file is checked, and in `:verify_full` the host name too; a
  server that does not offer TLS is refused before anything is told to it.
  """
  @spec connect(Chat.Settings.postgres()) :: {:ok, connection} | {:error, failure}
  def connect(settings) do
    options =
      [
        host: to_charlist(settings.host),
        port: settings.port,
        database: settings.database,
        user: settings.user,
        password: settings.password,
        as_binary: true,
        connect_timeout: @connect_timeout
      ] ++ tls(settings)

    leader = Process.group_leader()
    if sink = Process.whereis(Chat.Postgres.Sink), do: Process.group_leader(self(), sink)

    try do
      case :pgsql_proto.start_link(options) do
        {:ok, connection} -> {:ok, connection}
        {:error, why} -> {:error, connect_failure(why)}
      end
    after
      Process.group_leader(self(), leader)
    end
  end

  @doc "Prepares a statement under a name, for `execute/4`."
  @spec prepare(connection, String.t(), String.t(), timeout) :: :ok | {:error, failure}
  def prepare(connection, name, sql, timeout) do
    case call(connection, {:prepare, {name, sql}}, timeout) do
      {:ok, _status, _parameters, _columns} -> :ok
      {:error, why} -> {:error, failure(why)}
    end
  end

  @doc "Runs a prepared statement. Integers, texts, raw bytes (uuid) and charlists (text format) are parameters."
  @spec execute(connection, String.t(), list, timeout) :: {:ok, [[term]]} | {:error, failure}
  def execute(connection, name, parameters, timeout) do
    case call(connection, {:execute, {name, parameters}}, timeout) do
      {:ok, {_command, rows}} when is_list(rows) -> {:ok, for(row <- rows, do: Enum.map(row, &value/1))}
      {:error, why} -> {:error, failure(why)}
    end
  end

  @doc """
  Runs SQL text, several statements if need be, and gives the rows of the last one as text. On an error the driver
  rolls an open transaction back.
  """
  @spec script(connection, String.t(), timeout) :: {:ok, [[String.t() | nil]]} | {:error, failure}
  def script(connection, sql, timeout) do
    case call(connection, {:squery, sql}, timeout) do
      {:ok, results} ->
        case List.keyfind(results, :error, 0) do
          {:error, why} -> {:error, failure(why)}
          nil -> {:ok, rows(List.last(results))}
        end

      {:error, why} ->
        {:error, failure(why)}
    end
  end

  @doc "Ends a connection, whatever it is doing."
  @spec close(connection) :: :ok
  def close(connection) do
    Process.unlink(connection)
    Process.exit(connection, :kill)
    :ok
  end

  @doc "A failure as text for a log or a person. It holds no parameter of the statement."
  @spec describe(failure) :: String.t()
  def describe({:sql, code, message}), do: "#{code} #{message}"
  def describe({:lost, message}), do: message

  defp call(connection, request, timeout) do
    :gen_server.call(connection, request, timeout)
  catch
    :exit, {:timeout, _} -> {:error, {:lost, "no answer within #{timeout} ms"}}
    :exit, _ -> {:error, {:lost, "the connection was closed"}}
  end

  defp rows({_command, _columns, rows}), do: for(row <- rows, do: Enum.map(row, &null/1))
  defp rows(_command), do: []

  defp value({_type, :null}), do: nil
  defp value({:bool, text}), do: text == "1"
  defp value({type, text}) when type in [:int2, :int4, :int8], do: String.to_integer(text)
  defp value({_type, text}), do: text

  defp null(:null), do: nil
  defp null(text), do: text

  defp failure({:lost, _} = lost), do: lost

  defp failure(fields) when is_list(fields) do
    # `detail` is left out: it quotes the values of the row.
    {:sql, fields[:code] || "XX000", fields[:message] || "no message"}
  end

  defp failure(other), do: {:lost, "unexpected answer #{Chat.Log.Formatter.reason(other)}"}

  defp connect_failure({:init, {:error, why}}), do: {:lost, "cannot connect: #{:inet.format_error(why)}"}
  defp connect_failure({:starttls, :denied}), do: {:lost, "the server does not offer TLS, which PGSSLMODE asks for"}

  defp connect_failure({kind, fields}) when kind in [:authentication, :error_response] and is_list(fields),
    do: failure(fields)

  defp connect_failure({:authentication, why}), do: {:lost, "log-in failed: #{Chat.Log.Formatter.reason(why)}"}
  defp connect_failure({:bad_return_value, {:error, {:tls_alert, {alert, _}}}}), do: {:lost, "TLS failed: #{alert}"}
  defp connect_failure({:bad_return_value, {:error, why}}), do: {:lost, "TLS failed: #{Chat.Log.Formatter.reason(why)}"}
  defp connect_failure(why), do: {:lost, "cannot connect: #{Chat.Log.Formatter.reason(why)}"}

  defp tls(%{tls: :off}), do: [transport: :tcp]

  defp tls(%{tls: %{mode: mode, ca_file: file}, host: host}) do
    [
      transport: :ssl,
      verify: :verify_peer,
      cacertfile: to_charlist(file),
      depth: 3,
      versions: [:"tlsv1.2", :"tlsv1.3"],
      log_level: :error
    ] ++ host_name(mode, host)
  end

  # OTP checks the name that it indicates to the server, and none when it indicates none.
  defp host_name(:verify_ca, _host), do: [server_name_indication: :disable]

  defp host_name(:verify_full, host) do
    [
      server_name_indication: to_charlist(host),
      customize_hostname_check: [match_fun: :public_key.pkix_verify_hostname_match_fun(:https)]
    ]
  end
end
