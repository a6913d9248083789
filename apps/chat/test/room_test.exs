defmodule Chat.RoomTest do
  use ExUnit.Case
  import Chat.TestCase
  alias Chat.{Rooms, Session, Store}

  @ada %{id: "1", name: "Ada"}

  setup do
    start_pool(4)
    put_settings()

    for {id, children} <- [groups: Rooms.Groups.children(), rooms: Rooms.children(300), users: Chat.Users.children()] do
      start = {Supervisor, :start_link, [children, [strategy: :rest_for_one]]}
      start_supervised!(%{id: id, type: :supervisor, start: start})
    end

    {:ok, room: room()}
  end

  defp store(room, count), do: for(_ <- 1..count, do: elem(Store.append(room, uuid(), @ada, "hi"), 1).seq)
  defp seq(<<0x81, _::binary>> = frame), do: frame |> payload() |> Map.get("seq")

  defp payload(<<_, 126, _::16, text::binary>>), do: elem(Chat.Json.decode(text), 1)
  defp payload(<<_, 127, _::64, text::binary>>), do: elem(Chat.Json.decode(text), 1)
  defp payload(<<_, _, text::binary>>), do: elem(Chat.Json.decode(text), 1)

  describe "a room on a node" do
    test "delivers in order what comes out of order, and fills what never comes from the store", %{room: room} do
      Rooms.subscribe(room, @ada)
      store(room, 6)
      for seq <- [1, 3, 2, 3, 6], do: Rooms.publish(room, seq, "frame #{seq}")
      for seq <- 1..3, expected = "frame #{seq}", do: assert_receive({:room_frame, ^room, ^seq, ^expected})
      # 4 and 5 were never published.
      assert_receive {:room_frame, ^room, 4, from_store}
      assert seq(from_store) == 4
      assert_receive {:room_frame, ^room, 5, _}
      assert_receive {:room_frame, ^room, 6, _}
      refute_receive {:room_frame, ^room, _, _}, 100
    end

    test "hears from the store of what no node told it", %{room: room} do
      Rooms.subscribe(room, @ada)
      store(room, 2)
      assert_receive {:room_seq, ^room, 2}
      store(room, 1)
      assert_receive {:room_frame, ^room, 3, _}
    end

    test "tells who is there, once per user, and when they leave", %{room: room} do
      test = self()
      Rooms.subscribe(room, @ada)
      assert_receive {:room_frame, ^room, frame}

      assert payload(frame) == %{
               "type" => "presence",
               "room" => room,
               "users" => [%{"id" => "1", "name" => "Ada"}],
               "count" => 1
             }

      member = fn user ->
        spawn_link(fn ->
          Rooms.subscribe(room, user)
          send(test, :in)
          receive do: (:leave -> :ok)
        end)
      end

      bob = member.(%{id: "2", name: "Bob"})
      ada_again = member.(@ada)
      assert_receive {:room_frame, ^room, frame}
      assert Enum.map(payload(frame)["users"], & &1["name"]) == ["Ada", "Bob"]
      send(bob, :leave)
      send(ada_again, :leave)
      assert_receive {:room_frame, ^room, frame}
      assert Enum.map(payload(frame)["users"], & &1["name"]) == ["Ada"]
    end

    test "users of a node that is gone are gone", %{room: room} do
      {:ok, process} = Rooms.subscribe(room, @ada)
      assert_receive {:room_frame, ^room, _}
      elsewhere = spawn(fn -> receive do: (:die -> :ok) end)
      send(process, {:users, elsewhere, [%{id: "9", name: "Zoe"}]})
      assert_receive {:room_frame, ^room, frame}
      assert Enum.map(payload(frame)["users"], & &1["name"]) == ["Ada", "Zoe"]
      send(elsewhere, :die)
      assert_receive {:room_frame, ^room, frame}
      assert Enum.map(payload(frame)["users"], & &1["name"]) == ["Ada"]
    end
  end

  describe "who is in a room" do
    defp member(room, user, how) do
      test = self()

      process =
        spawn_link(fn ->
          {:ok, _} = Rooms.subscribe(room, user, how)
          send(test, {:in, user.id})

          fn loop ->
            receive do
              :leave -> :ok
              {:room_frame, ^room, frame} -> send(test, {user.id, payload(frame)}) && loop.(loop)
              _ -> loop.(loop)
            end
          end
          |> then(& &1.(&1))
        end)

      assert_receive {:in, _}
      process
    end

    defp person(n), do: %{id: "#{n}", name: "P#{n}"}

    test "is told as differences to whoever understands them, as lists to the others, each once", %{room: room} do
      new = member(room, person(1), :changes)
      assert_receive {"1", %{"type" => "presence", "users" => [_], "count" => 1}}
      old = member(room, person(2), :list)
      assert_receive {"1", %{"type" => "presence_change", "joined" => [%{"id" => "2"}], "left" => [], "count" => 2}}
      assert_receive {"2", %{"type" => "presence", "users" => [_, _], "count" => 2}}
      third = member(room, person(3), :changes)
      assert_receive {"1", %{"type" => "presence_change", "joined" => [%{"id" => "3"}], "count" => 3}}
      assert_receive {"2", %{"type" => "presence", "users" => [_, _, _]}}
      send(third, :leave)
      assert_receive {"1", %{"type" => "presence_change", "joined" => [], "left" => ["3"], "count" => 2}}
      assert_receive {"2", %{"type" => "presence", "users" => [_, _]}}
      for process <- [new, old], do: send(process, :leave)
    end

    test "is told as differences to nodes of this version, as lists to nodes of version 1.0", %{room: room} do
      {:ok, process} = Rooms.subscribe(room, @ada)
      test = self()

      [old, new] =
        for name <- [:old, :new] do
          spawn_link(fn ->
            send(process, {:users, self(), []})
            if name == :new, do: send(process, {:differences, self()})
            fn loop -> receive do: (message -> send(test, {name, message}) && loop.(loop)) end |> then(& &1.(&1))
          end)
        end

      eventually(fn -> map_size(:sys.get_state(process).peers) == 2 and :sys.get_state(process).peers[new] end)
      bob = member(room, person(2), :changes)
      assert_receive {:old, {:users, ^process, [%{id: "1"}, %{id: "2"}]}}
      assert_receive {:new, {:users_changed, ^process, [%{id: "2"}], []}}
      # What the other nodes say is counted together with those here.
      send(process, {:users, old, [person(2), person(3)]})
      send(process, {:users_changed, new, [person(3), person(4)], []})
      eventually(fn -> Chat.Rooms.Presence.count(:sys.get_state(process).presence) == 4 end)
      send(process, {:users_changed, new, [], ["4"]})
      send(process, {:users, old, []})
      eventually(fn -> Chat.Rooms.Presence.count(:sys.get_state(process).presence) == 3 end)
      send(bob, :leave)
    end

    test "goes on when the groups of the cluster are lost", %{room: room} do
      {:ok, process} = Rooms.subscribe(room, @ada)
      groups = Process.whereis(Rooms.scope())
      Process.exit(groups, :kill)
      eventually(fn -> Process.whereis(Rooms.scope()) not in [nil, groups] end)
      eventually(fn -> :pg.get_members(Rooms.scope(), {:room, room}) == [process] end)
      assert Process.alive?(process)
    end
  end

  describe "a session" do
    # Each with a user of its own: a user's limits are those of all their sessions.
    defp session(room), do: Session.new(claims("user-#{System.unique_integer([:positive])}", [room]), 25, 3600)

    defp say(session, frame, now \\ 0) do
      assert {:ok, frames, session} = Session.frame(Chat.Json.encode(frame), session, now)
      {Enum.map(frames, &payload/1), session}
    end

    # Everything that other processes say to the session until it is quiet.
    defp settle(session, frames \\ [], quiet \\ 200) do
      receive do
        message ->
          {new, session} = Session.event(message, session)
          settle(session, frames ++ Enum.map(new, &payload/1), quiet)
      after
        quiet -> {frames, session}
      end
    end

    test "joins with the last messages, or with all that follow, page by page", %{room: room} do
      store(room, 60)
      {[joined], _} = say(session(room), %{type: "join", room: room})
      assert joined["more"] == false
      assert Enum.map(joined["messages"], & &1["seq"]) == Enum.to_list(11..60)

      store(room, 400)
      {[first], session} = say(session(room), %{type: "join", room: room, after: 5})
      assert first["more"]
      # A client that asks for the next page itself is not sent it twice.
      {[], session} = say(session, %{type: "join", room: room, after: 205})
      {frames, _} = settle(session)
      pages = [first | Enum.filter(frames, &(&1["type"] == "joined"))]
      assert Enum.map(pages, & &1["more"]) == [true, true, false]
      assert Enum.flat_map(pages, fn page -> Enum.map(page["messages"], & &1["seq"]) end) == Enum.to_list(6..460)
    end

    test "between the page and the first live message nothing is lost or doubled", %{room: room} do
      store(room, 250)
      {[first], session} = say(session(room), %{type: "join", room: room, after: 0})

      for _ <- 1..4, do: spawn_link(fn -> for(_ <- 1..10, do: publish(room)) end)
      {frames, session} = settle(session)
      eventually(fn -> Store.last_seqs([room]) == {:ok, %{room => 290}} end)
      {more, _} = settle(session, [], 800)

      seqs = for frame <- [first | frames ++ more], seq <- seqs(frame), do: seq
      assert seqs == Enum.to_list(1..290)
    end

    defp publish(room) do
      {:ok, stored} = Store.append(room, uuid(), @ada, "live")
      frame = Chat.WebSocket.text(Chat.Json.encode(%{type: "message", seq: stored.seq}))
      # Half of them get lost between the nodes.
      if rem(stored.seq, 2) == 0, do: Rooms.publish(room, stored.seq, frame)
    end

    defp seqs(%{"type" => "joined", "messages" => messages}), do: Enum.map(messages, & &1["seq"])
    defp seqs(%{"type" => "message", "seq" => seq}), do: [seq]
    defp seqs(_), do: []

    test "comes back when the process of its room dies", %{room: room} do
      store(room, 3)
      {[_joined], session} = say(session(room), %{type: "join", room: room, after: 0})
      [{^room, process}] = Rooms.open_here()
      Process.exit(process, :kill)
      store(room, 2)
      {frames, session} = settle(session)
      publish(room)
      {more, _} = settle(session)
      assert Enum.flat_map(frames ++ more, &seqs/1) == [4, 5, 6]
    end

    test "stores, answers, and gives the same answer again", %{room: room} do
      message = %{type: "message", room: room, id: uuid(), body: "hi"}
      {[_], session} = say(session(room), %{type: "join", room: room})
      {[ack], session} = say(session, message)
      assert %{"type" => "ack", "seq" => 1} = ack
      {[^ack], session} = say(session, message)
      {frames, _} = settle(session)
      assert [%{"seq" => 1, "body" => "hi", "id" => id}] = Enum.filter(frames, &(&1["type"] == "message"))
      assert id == message.id
    end

    test "keeps to the rooms of the token and to the rate", %{room: room} do
      session = session(room)
      assert {[%{"code" => "forbidden"}], session} = say(session, %{type: "join", room: "secret"})
      id = uuid()

      assert {[%{"code" => "forbidden", "id" => ^id}], session} =
               say(session, %{type: "message", room: "secret", id: id, body: "x"})

      send_one = fn session, now -> say(session, %{type: "message", room: room, id: uuid(), body: "x"}, now) end

      {codes, session} =
        Enum.map_reduce(1..30, session, fn _, session ->
          {[frame], session} = send_one.(session, 0)
          {frame["code"] || frame["type"], session}
        end)

      assert Enum.frequencies(codes) == %{"ack" => 20, "rate_limited" => 10}
      {[%{"type" => "ack"}], session} = send_one.(session, 100)
      {[%{"code" => "rate_limited", "id" => _}], _} = send_one.(session, 100)
    end

    test "ends with a client that does not stop sending nonsense", %{room: room} do
      result =
        Enum.reduce_while(1..500, session(room), fn _, session ->
          case Session.frame("nonsense", session, 0) do
            {:ok, _, session} -> {:cont, session}
            close -> {:halt, close}
          end
        end)

      assert {:close, 1008, _} = result
    end
  end
end
