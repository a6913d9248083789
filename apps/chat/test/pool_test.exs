defmodule Chat.PoolTest do
  use ExUnit.Case
  import Chat.TestCase
  alias Chat.Postgres.{Driver, Pool}

  setup do
    start_pool(2)
  end

  defp sleep(seconds), do: Pool.query("sleep#{seconds}", "SELECT pg_sleep(#{seconds})::text", [])

  test "gives rows with numbers, texts, truth and nothing" do
    sql = "SELECT 1::int4, (-2)::int8, 'ä'::text, true, false, null::text, $1::text, $2::bigint"
    assert {:ok, [[1, -2, "ä", true, false, nil, "'; --", 7]]} = Pool.query("kinds", sql, ["'; --", 7])
  end

  test "an error of Postgres is an answer, and the connection goes on" do
    assert {:error, {:sql, "22012", "division by zero"}} = Pool.query("zero", "SELECT 1/$1::int", [0])
    assert {:error, {:sql, "42P01", _}} = Pool.query("none", "SELECT * FROM nowhere", [])
    assert {:error, {:sql, "22P02", _}} = Pool.query("uuid", "SELECT $1::text::uuid::text", ["x"])
    assert {:ok, [[1]]} = Pool.query("one", "SELECT 1::int", [])
    assert %{connections: 2, busy: 0, waiting: 0} = Pool.stats()
  end

  test "runs as many statements at once as there are connections, and the others in their order" do
    test = self()
    {:ok, holder} = connect()
    lock = fn action, key -> {:ok, _} = Driver.script(holder, "SELECT pg_advisory_#{action}(#{key})", 1_000) end
    for key <- [1, 2], do: lock.("lock", key)

    # The first two wait for what the holder has, each on a connection of its own; nobody else has one.
    for {name, key, stats} <- [
          {:first, 1, %{busy: 1, waiting: 0}},
          {:second, 2, %{busy: 2, waiting: 0}},
          {:third, 3, %{busy: 2, waiting: 1}},
          {:fourth, 3, %{busy: 2, waiting: 2}}
        ] do
      spawn_link(fn ->
        sql = "SELECT pg_advisory_xact_lock_shared($1::bigint)::text, extract(epoch FROM clock_timestamp())::text"
        {:ok, [[_, at]]} = Pool.query("locked", sql, [key])
        send(test, {name, String.to_float(at)})
      end)

      eventually(fn -> Map.take(Pool.stats(), [:busy, :waiting]) == stats end)
    end

    refute_received {_, _}
    lock.("unlock", 2)
    times = for name <- [:second, :third, :fourth], do: assert_receive({^name, _}) |> elem(1)
    assert times == Enum.sort(times)
    refute_received {:first, _}
    lock.("unlock", 1)
    assert_receive {:first, _}
    Driver.close(holder)
  end

  test "a statement that takes too long is ended by Postgres" do
    assert {:error, {:sql, "57014", _}} = sleep(6)
    assert {:ok, [[1]]} = Pool.query("one", "SELECT 1::int", [])
  end

  test "a lost connection is an error for its statement and comes back by itself" do
    waiting = Task.async(fn -> sleep(3) end)
    eventually(fn -> Pool.stats().busy == 1 end)
    Process.flag(:trap_exit, true)
    {:ok, other} = Driver.connect(superuser())

    {:ok, _} =
      Driver.script(
        other,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chat' AND datname = current_database() AND pid <> pg_backend_pid()",
        1_000
      )

    assert {:error, failure} = Task.await(waiting)
    assert elem(failure, 0) in [:lost, :sql]
    eventually(fn -> Pool.stats().connections == 2 end)
    assert {:ok, [[1]]} = Pool.query("one", "SELECT 1::int", [])
    Driver.close(other)
  end

  test "who waits too long or stands too far back is told so" do
    start_supervised!({Pool, name: :nobody_works_here, wait: 1_000, longest_queue: 2}, id: :small)
    query = fn -> Pool.query(:nobody_works_here, "one", "SELECT 1", []) end
    tasks = for _ <- 1..3, do: Task.async(query)
    results = Task.await_many(tasks)
    assert Enum.frequencies(results) == %{{:error, :timeout} => 2, {:error, :overloaded} => 1}
  end

  test "a worker that dies with a statement leaves no one waiting" do
    start_supervised!({Pool, name: :small_pool}, id: :small)
    worker = spawn(fn -> receive do: ({:run, _, _, _, _} -> exit(:boom)) end)
    Pool.ready(:small_pool, worker)
    assert {:error, {:lost, _}} = Pool.query(:small_pool, "one", "SELECT 1", [])
    assert %{connections: 0, busy: 0} = Pool.stats(:small_pool)
  end

  describe "log-in" do
    setup do
      Process.flag(:trap_exit, true)
      :ok
    end

    test "a wrong password, port or database is said as Postgres says it, without the password" do
      assert {:error, {:sql, "28P01", message}} = Driver.connect(postgres(%{password: "wrong-password"}))
      refute message =~ "wrong-password"
      assert {:error, {:sql, "3D000", _}} = Driver.connect(postgres(%{database: "nowhere"}))
      assert {:error, {:lost, "cannot connect: connection refused"}} = Driver.connect(postgres(%{port: 1}))
      assert {:error, {:lost, "cannot connect: " <> _}} = Driver.connect(postgres(%{host: "does-not-exist.invalid"}))
    end

    test "a password may hold every character" do
      {:ok, admin} = Driver.connect(superuser())
      user = "odd_#{System.unique_integer([:positive])}"

      {:ok, _} =
        Driver.script(admin, "CREATE ROLE #{user} LOGIN PASSWORD 'p@ss word''s/:?€'; GRANT chat_app TO #{user}", 1_000)

      assert {:ok, connection} = Driver.connect(postgres(%{user: user, password: "p@ss word's/:?€"}))
      for connection <- [admin, connection], do: Driver.close(connection)
    end

    test "TLS with the right CA and name" do
      # A file may hold several authorities, as those of a cloud's region do.
      both = Path.join(System.fetch_env!("CHAT_TEST_WORK"), "both.crt")
      File.write!(both, Enum.map(["CHAT_TEST_OTHER_CA", "CHAT_TEST_CA"], &File.read!(System.fetch_env!(&1))))

      for mode <- [:verify_ca, :verify_full], file <- [System.fetch_env!("CHAT_TEST_CA"), both] do
        assert {:ok, connection} = Driver.connect(superuser(%{host: "localhost", tls: %{mode: mode, ca_file: file}}))
        assert encrypted?(connection)
        Driver.close(connection)
      end
    end

    test "TLS with another CA is refused in both modes" do
      for mode <- [:verify_ca, :verify_full] do
        tls = %{mode: mode, ca_file: System.fetch_env!("CHAT_TEST_OTHER_CA")}

        assert {:error, {:lost, "TLS failed: unknown_ca"}} = Driver.connect(postgres(%{host: "localhost", tls: tls}))
      end
    end

    test "TLS with another name is refused by verify-full and accepted by verify-ca" do
      # The certificate is for localhost.
      tls = fn mode ->
        superuser(%{host: "127.0.0.1", tls: %{mode: mode, ca_file: System.fetch_env!("CHAT_TEST_CA")}})
      end

      assert {:error, {:lost, "TLS failed: handshake_failure"}} = Driver.connect(tls.(:verify_full))
      assert {:ok, connection} = Driver.connect(tls.(:verify_ca))
      assert encrypted?(connection)
      Driver.close(connection)
    end

    test "a server without TLS is refused" do
      plain = String.to_integer(System.fetch_env!("CHAT_TEST_PLAIN_PORT"))
      right = superuser(%{host: "localhost", port: plain, database: "postgres", tls: :off})
      # It is there and lets us in when no TLS is asked for.
      assert {:ok, connection} = Driver.connect(right)
      refute encrypted?(connection)
      Driver.close(connection)

      for mode <- [:verify_ca, :verify_full] do
        tls = %{mode: mode, ca_file: System.fetch_env!("CHAT_TEST_CA")}

        assert {:error, {:lost, "the server does not offer TLS, which PGSSLMODE asks for"}} =
                 Driver.connect(%{right | tls: tls})
      end
    end
  end

  defp encrypted?(connection) do
    {:ok, [[ssl]]} = Driver.script(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", 1_000)
    ssl == "t"
  end

  defp connect do
    Process.flag(:trap_exit, true)
    Driver.connect(postgres())
  end
end
