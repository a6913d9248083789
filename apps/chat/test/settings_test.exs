defmodule Chat.SettingsTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.Settings

  @good %{
    "PGHOST" => "postgres",
    "PGDATABASE" => "switchboard",
    "PGUSER" => "chat",
    "PGPASSWORD" => "s3cret-password",
    "ALLOWED_ORIGINS" => "https://panel.localhost:8443, https://Other.test"
  }

  defp file(content) do
    path = Path.join(System.tmp_dir!(), "chat-settings-test-#{System.unique_integer([:positive])}")
    File.write!(path, content)
    on_exit(fn -> File.rm(path) end)
    path
  end

  defp good, do: Map.put(@good, "CHAT_TOKEN_PUBLIC_KEYS_FILE", file(pem(hd(keys()))))

  test "reads the environment" do
    assert {:ok, settings} =
             Settings.read(
               Map.merge(good(), %{
                 "CLUSTER_SERVICE" => "chat-headless.ns.svc",
                 "CLUSTER_PEERS" => "127.0.0.1,127.0.0.2",
                 "DNS_CLUSTER_QUERY" => "chat.ns.svc",
                 "APP_VERSION" => "1.2.3"
               })
             )

    assert settings.port == 4000
    assert settings.allowed_origins == ["https://panel.localhost:8443", "https://other.test"]
    assert settings.cluster == ["127.0.0.1", "127.0.0.2", "chat-headless.ns.svc", "chat.ns.svc"]
    assert settings.version == "1.2.3"
    assert settings.postgres.port == 5432
    assert settings.postgres.tls == :off
    assert settings.log_level == :info
  end

  test "names every wrong value at once, and never a secret" do
    bad = %{
      "PORT" => "0",
      "LOG_LEVEL" => "loud",
      "DRAIN_SECONDS" => "1s",
      "PGSSLMODE" => "prefer",
      "PGPORT" => "x",
      "CHAT_TOKEN_PUBLIC_KEYS_FILE" => file("no PEM"),
      "TOKEN_REVOCATIONS" => "panel.x; DROP TABLE y",
      "MEMORY_LIMIT_BYTES" => "512Mi",
      "SOCKETS_PER_USER" => "-1",
      "ALLOWED_ORIGINS" => "https://a.test/path",
      "PGPASSWORD" => "s3cret-password"
    }

    assert {:error, messages} = Settings.read(bad)
    text = Enum.join(messages, "\n")

    for part <- [
          "PORT is '0'; allowed: a whole number from 1 to 65535",
          "LOG_LEVEL is 'loud'; allowed: debug, error, info, notice, warn, warning",
          "DRAIN_SECONDS is '1s'; allowed: a whole number from 1 to 3600",
          "PGSSLMODE is 'prefer'; allowed: disable, verify-ca, verify-full",
          "PGPORT is 'x'",
          "which holds no PUBLIC KEY block; it must hold one to three Ed25519 PUBLIC KEY blocks",
          "TOKEN_REVOCATIONS is 'panel.x; DROP TABLE y'; allowed: schema.table",
          "MEMORY_LIMIT_BYTES is '512Mi'; allowed: a whole number from 33554432",
          "SOCKETS_PER_USER is '-1'; allowed: a whole number from 0 to 10000",
          "ALLOWED_ORIGINS has 'https://a.test/path'",
          "PGHOST is not set; set it to the host name of the Postgres server",
          "PGDATABASE is not set",
          "PGUSER is not set"
        ],
        do: assert(text =~ part)

    refute text =~ "s3cret-password"
  end

  test "TLS needs a CA file that is there" do
    file = Path.join(System.tmp_dir!(), "chat-settings-test-#{System.unique_integer([:positive])}.crt")
    File.write!(file, "x")

    for {word, mode} <- [{"verify-ca", :verify_ca}, {"verify-full", :verify_full}] do
      tls = Map.put(good(), "PGSSLMODE", word)
      missing = "PGSSLROOTCERT is not set, but PGSSLMODE is #{word}; set it to the file with the CA certificate"
      assert {:error, [^missing]} = Settings.read(tls)

      assert {:error, ["PGSSLROOTCERT is '/nowhere/ca.crt', which is not a file" <> _]} =
               Settings.read(Map.put(tls, "PGSSLROOTCERT", "/nowhere/ca.crt"))

      assert {:ok, %{postgres: %{tls: %{mode: ^mode, ca_file: ^file}}}} =
               Settings.read(Map.put(tls, "PGSSLROOTCERT", file))
    end

    File.rm!(file)
  end

  test "a secret comes as a variable or as a file, not both, and the file's last line end is no part of it" do
    as_file = good() |> Map.delete("PGPASSWORD") |> Map.put("PGPASSWORD_FILE", file("p@ss word\n"))
    assert {:ok, %{postgres: %{password: "p@ss word"}}} = Settings.read(as_file)

    assert Settings.read(Map.put(as_file, "PGPASSWORD", "s3cret-password")) ==
             {:error, ["PGPASSWORD and PGPASSWORD_FILE are both set; set one of them"]}

    assert {:error, ["PGPASSWORD_FILE is '/nowhere', which cannot be read" <> _]} =
             Settings.read(Map.put(as_file, "PGPASSWORD_FILE", "/nowhere"))
  end

  test "one to three public keys, and nothing else, are the keys of tokens" do
    make = fn -> elem(:crypto.generate_key(:eddsa, :ed25519), 0) end
    three = for _ <- 1..3, do: make.()
    read = fn text -> Settings.read(Map.put(good(), "CHAT_TOKEN_PUBLIC_KEYS_FILE", file(text))) end
    assert {:ok, %{token_keys: ^three}} = read.(Enum.map_join(three, "\n", &pem/1))
    assert {:error, [message]} = read.(Enum.map_join([make.() | three], &pem/1))
    assert message =~ "holds 4 keys; 3 at most"
    rsa = :public_key.generate_key({:namedCurve, :secp256r1})
    assert {:error, [message]} = read.(:public_key.pem_encode([:public_key.pem_entry_encode(:ECPrivateKey, rsa)]))
    assert message =~ "not an Ed25519 PUBLIC KEY"
    assert {:error, [message]} = Settings.read(Map.delete(good(), "CHAT_TOKEN_PUBLIC_KEYS_FILE"))
    assert message =~ "CHAT_TOKEN_PUBLIC_KEYS_FILE is not set"
  end

  test "the number of connections follows from the memory" do
    read = fn changes -> elem(Settings.read(Map.merge(good(), changes)), 1).max_connections end
    small = read.(%{"MEMORY_LIMIT_BYTES" => "134217728"})
    large = read.(%{"MEMORY_LIMIT_BYTES" => "536870912"})
    assert small in 50..1_500
    assert large > 4 * small and large <= 10_000
    assert read.(%{"MEMORY_LIMIT_BYTES" => "134217728", "MAX_CONNECTIONS" => "7"}) == 7
  end
end
