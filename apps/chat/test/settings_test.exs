defmodule Chat.SettingsTest do
  use ExUnit.Case, async: true
  alias Chat.Settings

  @good %{
    "PGHOST" => "postgres",
    "PGDATABASE" => "switchboard",
    "PGUSER" => "chat",
    "PGPASSWORD" => "s3cret-password",
    "CHAT_TOKEN_KEY" => String.duplicate("k", 32),
    "ALLOWED_ORIGINS" => "https://panel.localhost:8443, https://Other.test"
  }

  test "reads the environment" do
    assert {:ok, settings} =
             Settings.read(
               Map.merge(@good, %{"CLUSTER_SERVICE" => "chat-headless.ns.svc", "CLUSTER_PEERS" => "127.0.0.1,127.0.0.2"})
             )

    assert settings.port == 4000
    assert settings.allowed_origins == ["https://panel.localhost:8443", "https://other.test"]
    assert settings.cluster == ["127.0.0.1", "127.0.0.2", "chat-headless.ns.svc"]
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
      "CHAT_TOKEN_KEY" => "tooshortsecret",
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
          "CHAT_TOKEN_KEY has 14 bytes; at least 32 are needed",
          "ALLOWED_ORIGINS has 'https://a.test/path'",
          "PGHOST is not set; set it to the host name of the Postgres server",
          "PGDATABASE is not set",
          "PGUSER is not set"
        ],
        do: assert(text =~ part)

    refute text =~ "tooshortsecret"
    refute text =~ "s3cret-password"
  end

  test "TLS needs a CA file that is there" do
    file = Path.join(System.tmp_dir!(), "chat-settings-test-#{System.unique_integer([:positive])}.crt")
    File.write!(file, "x")

    for {word, mode} <- [{"verify-ca", :verify_ca}, {"verify-full", :verify_full}] do
      tls = Map.put(@good, "PGSSLMODE", word)
      missing = "PGSSLROOTCERT is not set, but PGSSLMODE is #{word}; set it to the file with the CA certificate"
      assert {:error, [^missing]} = Settings.read(tls)

      assert {:error, ["PGSSLROOTCERT is '/nowhere/ca.crt', which is not a file" <> _]} =
               Settings.read(Map.put(tls, "PGSSLROOTCERT", "/nowhere/ca.crt"))

      assert {:ok, %{postgres: %{tls: %{mode: ^mode, ca_file: ^file}}}} =
               Settings.read(Map.put(tls, "PGSSLROOTCERT", file))
    end

    File.rm!(file)
  end
end
