defmodule Chat.Settings do
  @moduledoc """
  What the environment says, read once when the node starts. Every wrong value is reported at once.
  The variables are listed in the README.
  """

  defstruct [
    :port,
    :stage,
    :version,
    :log_level,
    :cluster,
    :postgres,
    :pool_size,
    :token_keys,
    :revocations,
    :allowed_origins,
    :drain_seconds,
    :heartbeat_seconds,
    :memory_limit,
    :max_connections,
    :sockets_per_user,
    :message_rate,
    :status_rooms
  ]

  @type t :: %__MODULE__{}
  @type postgres :: %{
          host: String.t(),
          port: 1..65535,
          database: String.t(),
          user: String.t(),
          password: String.t(),
          tls: :off | %{mode: :verify_ca | :verify_full, ca_file: String.t()}
        }

  @levels %{
    "debug" => :debug,
    "info" => :info,
    "notice" => :notice,
    "warn" => :warning,
    "warning" => :warning,
    "error" => :error
  }

  @doc """
  Reads all settings. `{:error, messages}` names every wrong variable with its value, what is allowed and what to do;
  the values of secrets are never part of a message.
  """
  @spec read(%{String.t() => String.t()}) :: {:ok, t} | {:error, [String.t()]}
  def read(env) do
    {postgres, postgres_errors} = read_postgres(env)
    {memory, memory_errors} = memory_limit(env)

    fields = [
      port: number(env, "PORT", 4000, 1..65535),
      stage: text(env, "STAGE", "dev"),
      version: text(env, "VERSION", Map.get(env, "APP_VERSION", "unknown")),
      log_level: choice(env, "LOG_LEVEL", "info", @levels),
      cluster: {:ok, Enum.flat_map(~w(CLUSTER_PEERS CLUSTER_SERVICE DNS_CLUSTER_QUERY), &names(env[&1]))},
      postgres: {:ok, postgres},
      pool_size: number(env, "PG_POOL_SIZE", 8, 1..100),
      token_keys: token_keys(env),
      revocations: table(env, "TOKEN_REVOCATIONS"),
      allowed_origins: origins(env),
      drain_seconds: number(env, "DRAIN_SECONDS", 30, 1..3600),
      heartbeat_seconds: number(env, "HEARTBEAT_SECONDS", 25, 1..600),
      memory_limit: {:ok, memory},
      max_connections: number(env, "MAX_CONNECTIONS", Chat.Memory.connections(memory), 1..60_000),
      sockets_per_user: number(env, "SOCKETS_PER_USER", 20, 0..10_000),
      message_rate: number(env, "MESSAGES_PER_SECOND", 10, 1..10_000),
      status_rooms: choice(env, "STATUS_ROOMS", "count", %{"count" => :count, "names" => :names})
    ]

    case for({_key, {:error, message}} <- fields, do: message) ++ memory_errors ++ postgres_errors do
      [] -> {:ok, struct!(__MODULE__, for({key, {:ok, value}} <- fields, do: {key, value}))}
      messages -> {:error, messages}
    end
  end

  @doc "Where Postgres is; the only settings that `migrate` needs."
  @spec postgres(%{String.t() => String.t()}) :: {:ok, postgres} | {:error, [String.t()]}
  def postgres(env) do
    case read_postgres(env) do
      {postgres, []} -> {:ok, postgres}
      {_, messages} -> {:error, messages}
    end
  end

  @doc "Makes settings the ones that `get/0` gives."
  @spec put(t) :: :ok
  def put(%__MODULE__{} = settings), do: :persistent_term.put(__MODULE__, settings)

  @doc "The settings of this node."
  @spec get() :: t
  def get, do: :persistent_term.get(__MODULE__)

  defp read_postgres(env) do
    fields = [
      host: required(env, "PGHOST", "the host name of the Postgres server"),
      port: number(env, "PGPORT", 5432, 1..65535),
      database: required(env, "PGDATABASE", "the name of the database"),
      user: required(env, "PGUSER", "the log-in of the chat"),
      password: secret(env, "PGPASSWORD"),
      tls: tls(env)
    ]

    {Map.new(for {key, {:ok, value}} <- fields, do: {key, value}), for({_, {:error, message}} <- fields, do: message)}
  end

  @tls_modes %{"verify-ca" => :verify_ca, "verify-full" => :verify_full}

  defp tls(env) do
    file = Map.get(env, "PGSSLROOTCERT", "")

    case Map.get(env, "PGSSLMODE", "disable") do
      "disable" ->
        {:ok, :off}

      mode when is_map_key(@tls_modes, mode) and file == "" ->
        {:error, "PGSSLROOTCERT is not set, but PGSSLMODE is #{mode}; set it to the file with the CA certificate"}

      mode when is_map_key(@tls_modes, mode) ->
        if File.regular?(file),
          do: {:ok, %{mode: @tls_modes[mode], ca_file: file}},
          else: {:error, "PGSSLROOTCERT is '#{file}', which is not a file; mount the CA certificate there"}

      other ->
        {:error, "PGSSLMODE is '#{other}'; allowed: disable, verify-ca, verify-full"}
    end
  end

  defp origins(env) do
    found = names(env["ALLOWED_ORIGINS"])

    case Enum.reject(found, &(&1 =~ ~r{\Ahttps?://[a-z0-9.\-\[\]:]+\z}i)) do
      [] when found == [] ->
        {:error,
         "ALLOWED_ORIGINS is not set; give the origins of the pages that may chat, such as https://panel.example.com"}

      [] ->
        {:ok, Enum.map(found, &String.downcase/1)}

      bad ->
        {:error,
         "ALLOWED_ORIGINS has '#{Enum.join(bad, "', '")}'; an origin is scheme://host or scheme://host:port, without a path"}
    end
  end

  defp names(nil), do: []
  defp names(value), do: value |> String.split(",", trim: true) |> Enum.map(&String.trim/1) |> Enum.reject(&(&1 == ""))

  defp text(env, name, default) do
    case Map.get(env, name, "") do
      "" -> {:ok, default}
      value -> {:ok, value}
    end
  end

  defp required(env, name, meaning) do
    case Map.get(env, name, "") do
      "" -> {:error, "#{name} is not set; set it to #{meaning}"}
      value -> {:ok, value}
    end
  end

  # A secret comes as a variable or, better, as a file that the variable NAME_FILE names.
  defp secret(env, name) do
    case {Map.get(env, name, ""), Map.get(env, name <> "_FILE", "")} do
      {value, ""} -> {:ok, value}
      {"", file} -> with {:ok, text} <- file(name <> "_FILE", file), do: {:ok, String.trim_trailing(text, "\n")}
      {_, _} -> {:error, "#{name} and #{name}_FILE are both set; set one of them"}
    end
  end

  defp token_keys(env) do
    name = "CHAT_TOKEN_PUBLIC_KEYS_FILE"

    with {:ok, path} <- required(env, name, "the file with the public keys of the panel (PEM, one to three)"),
         {:ok, text} <- file(name, path) do
      with {:error, why} <- Chat.Token.public_keys(text),
           do: {:error, "#{name} is '#{path}', which #{why}; it must hold one to three Ed25519 PUBLIC KEY blocks"}
    end
  end

  defp file(name, path) do
    with {:error, why} <- File.read(path),
         do: {:error, "#{name} is '#{path}', which cannot be read (#{:file.format_error(why)}); mount the file there"}
  end

  # It becomes part of a statement, so nothing but two names will do.
  defp table(env, name) do
    case Map.get(env, name, "") do
      "" ->
        {:ok, nil}

      value ->
        if value =~ ~r/\A[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}\z/,
          do: {:ok, value},
          else: {:error, "#{name} is '#{value}'; allowed: schema.table, in lower case letters, digits and _"}
    end
  end

  defp memory_limit(env) do
    name = "MEMORY_LIMIT_BYTES"

    case Map.get(env, name, "") do
      "" ->
        {Chat.Memory.cgroup_limit(), []}

      _ ->
        with {:error, message} <- number(env, name, 0, 33_554_432..1_099_511_627_776),
             do: {nil, [message]},
             else: ({:ok, value} -> {value, []})
    end
  end

  defp number(env, name, default, first..last) do
    case Integer.parse(Map.get(env, name, to_string(default))) do
      {value, ""} when value >= first and value <= last -> {:ok, value}
      _ -> {:error, "#{name} is '#{env[name]}'; allowed: a whole number from #{first} to #{last}"}
    end
  end

  defp choice(env, name, default, choices) do
    value = Map.get(env, name, default)

    case Map.fetch(choices, value) do
      {:ok, meaning} -> {:ok, meaning}
      :error -> {:error, "#{name} is '#{value}'; allowed: #{choices |> Map.keys() |> Enum.join(", ")}"}
    end
  end
end
