defmodule Chat.StoreTest do
  use ExUnit.Case
  import Chat.TestCase
  alias Chat.{Migrations, Store}

  @ada %{id: "1", name: "Ada"}

  setup do
    start_pool(4)
  end

  test "numbers have no gap, whoever writes at the same time" do
    room = room()

    acks =
      1..200
      |> Task.async_stream(fn n -> Store.append(room, uuid(), @ada, "message #{n}") end, max_concurrency: 20)
      |> Enum.map(fn {:ok, {:ok, stored}} -> stored.seq end)

    assert Enum.sort(acks) == Enum.to_list(1..200)
    {:ok, messages, false} = Store.following(room, 0, 500, 1_000_000)
    assert Enum.map(messages, & &1.seq) == Enum.to_list(1..200)
    assert {:ok, %{^room => 200}} = Store.last_seqs([room, "never-used"])
  end

  test "the same message sent many times at once is stored once, with one answer" do
    room = room()
    {:ok, %{seq: 1}} = Store.append(room, uuid(), @ada, "first")

    for seq <- 2..30, id = uuid() do
      send_it = fn _ -> Store.append(room, id, @ada, "hi") end
      answers = for {:ok, answer} <- Task.async_stream(1..8, send_it, max_concurrency: 8), do: answer
      assert [%{seq: ^seq}] = Enum.uniq(for {:ok, stored} <- answers, do: Map.delete(stored, :new?))
      assert Enum.count(answers, &match?({:ok, %{new?: true}}, &1)) == 1
      assert Enum.count(answers, &match?({:ok, %{new?: false}}, &1)) == 7
    end

    id = uuid()
    {:ok, stored} = Store.append(room, id, @ada, "hi")
    assert Store.append(room, String.upcase(id), @ada, "hi") == {:ok, %{stored | new?: false}}
    assert {:error, :id_taken} = Store.append(room, id, %{id: "2", name: "Eve"}, "mine")
    assert {:ok, %{seq: 1}} = Store.append(room(), id, @ada, "the same id in another room")
  end

  test "a statement that fails takes no number" do
    room = room()
    assert {:ok, %{seq: 1}} = Store.append(room, uuid(), @ada, "a")
    assert {:error, {:sql, "23514", _}} = Store.append(room, uuid(), @ada, String.duplicate("x", 4001))
    assert {:error, {:sql, "22P02", _}} = Store.append(room, "no uuid", @ada, "x")
    assert {:ok, %{seq: 2}} = Store.append(room, uuid(), @ada, "b")
  end

  test "what was written is what is read" do
    room = room()
    body = "«ä» 😀 '\"\\ {} \t\n" <> String.duplicate("€", 3900)
    id = uuid()
    {:ok, stored} = Store.append(room, id, %{id: "x'y", name: "Ü \"n\""}, body)
    assert {:ok, [message]} = Store.latest(room, 10, 1_000_000)

    assert %{id: ^id, seq: 1, body: ^body, user: %{id: "x'y", name: "Ü \"n\""}, room: ^room, node: "nonode@nohost"} =
             message

    assert message.at == stored.at
    assert {:ok, _, 0} = DateTime.from_iso8601(message.at)
  end

  test "pages, bounded in messages and in bytes, say whether more follow" do
    room = room()
    for n <- 1..30, do: {:ok, _} = Store.append(room, uuid(), @ada, "#{n}")
    seqs = fn {:ok, messages} -> Enum.map(messages, & &1.seq) end

    page = fn seq, limit, bytes ->
      with {:ok, messages, more} <- Store.following(room, seq, limit, bytes), do: {seqs.({:ok, messages}), more}
    end

    assert page.(10, 5, 1_000) == {[11, 12, 13, 14, 15], true}
    assert page.(25, 5, 1_000) == {[26, 27, 28, 29, 30], false}
    assert page.(28, 5, 1_000) == {[29, 30], false}
    assert page.(30, 5, 1_000) == {[], false}
    # Two bytes each: the page ends with the message that fills it, and has one at least.
    assert page.(10, 20, 6) == {[11, 12, 13], true}
    assert page.(10, 20, 1) == {[11], true}
    assert page.(29, 20, 1) == {[30], false}
    assert seqs.(Store.latest(room, 3, 1_000)) == [28, 29, 30]
    assert seqs.(Store.latest(room, 10, 5)) == [28, 29, 30]
    assert seqs.(Store.latest(room(), 3, 1_000)) == []
  end

  test "the log-in of the pods changes rows and no table, and may not make one" do
    Process.flag(:trap_exit, true)
    {:ok, pod} = Chat.Postgres.Driver.connect(postgres())
    denied = fn sql -> assert {:error, {:sql, "42501", _}} = Chat.Postgres.Driver.script(pod, sql, 5_000) end
    denied.("CREATE TABLE chat.mine (a int)")
    denied.("DROP TABLE messages")
    denied.("ALTER TABLE messages ADD COLUMN a int")
    denied.("CREATE TABLE panel.mine (a int)")
    denied.("DELETE FROM panel.chat_revocations")
    assert {:error, why} = Migrations.run(postgres(), fn _ -> :ok end)
    assert why =~ "42501"
    Chat.Postgres.Driver.close(pod)
  end

  test "migrations run once, also when several nodes start them at once" do
    Process.flag(:trap_exit, true)
    {:ok, admin} = Chat.Postgres.Driver.connect(owner())

    {:ok, _} =
      Chat.Postgres.Driver.script(
        admin,
        "DROP TABLE messages; DROP TABLE rooms; DROP FUNCTION append_message; DROP TABLE schema_migrations",
        5_000
      )

    results =
      1..4
      |> Enum.map(fn _ -> Task.async(fn -> Migrations.run(owner(), fn _ -> :ok end) end) end)
      |> Task.await_many(20_000)

    assert Enum.frequencies(results) == %{{:ok, [1]} => 1, {:ok, []} => 3}
    assert Store.schema_version() == {:ok, Migrations.newest()}
    Chat.Postgres.Driver.close(admin)
  end

  test "a migration that fails leaves nothing of itself and says what Postgres said" do
    Process.flag(:trap_exit, true)
    assert {:error, "cannot use Postgres" <> _} = Migrations.run(postgres(%{port: 1}), fn _ -> :ok end)
    {:ok, admin} = Chat.Postgres.Driver.connect(owner())
    failing = "BEGIN; CREATE TABLE half_done (a int); SELECT 1/0; COMMIT"
    assert {:error, {:sql, "22012", _}} = Chat.Postgres.Driver.script(admin, failing, 1_000)
    assert {:ok, [[nil]]} = Chat.Postgres.Driver.script(admin, "SELECT to_regclass('half_done')", 1_000)
    Chat.Postgres.Driver.close(admin)
  end
end
