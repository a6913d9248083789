defmodule Chat.ProtocolTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.Protocol

  @id "0b5a3c1e-6f0e-4f43-9d52-0c2f1a3b4c5d"

  defp decode(term), do: Protocol.decode(Chat.Json.encode(term))
  defp message(changes), do: decode(Map.merge(%{type: "message", room: "general", id: @id, body: "hi"}, changes))

  test "reads what a client may say" do
    assert decode(%{type: "ping"}) == :ping
    assert decode(%{type: "join", room: "general"}) == {:join, "general", nil, :list}
    assert decode(%{type: "join", room: "general", after: nil}) == {:join, "general", nil, :list}
    assert decode(%{type: "join", room: "general", after: 0}) == {:join, "general", 0, :list}
    assert decode(%{type: "join", room: "general", presence: "changes"}) == {:join, "general", nil, :changes}
    assert decode(%{type: "join", room: "general", presence: 7}) == {:join, "general", nil, :list}
    assert decode(%{type: "presence", room: "general"}) == {:presence, "general"}
    assert message(%{}) == {:message, "general", @id, "hi"}
  end

  test "a body has 4000 characters, as Postgres counts them" do
    assert {:message, _, _, _} = message(%{body: String.duplicate("€", 4000)})
    assert {:message, _, _, _} = message(%{body: String.duplicate("😀", 4000)})
    assert {:error, "body_too_long", _, @id} = message(%{body: String.duplicate("€", 4001)})
    assert {:error, "body_too_long", _, @id} = message(%{body: String.duplicate("e\u0301", 2001)})
  end

  test "refuses everything else, and says which message it means" do
    assert {:error, "bad_frame", _, nil} = Protocol.decode("{")
    assert {:error, "bad_frame", _, nil} = Protocol.decode("[]")
    assert {:error, "bad_frame", _, nil} = Protocol.decode("")
    assert {:error, "bad_frame", _, nil} = decode(%{type: "shout"})
    assert {:error, "bad_frame", _, nil} = decode(%{type: "join", room: "no room!"})
    assert {:error, "bad_frame", _, nil} = decode(%{type: "join", room: "general", after: -1})
    assert {:error, "bad_frame", _, nil} = decode(%{type: "join", room: "general", after: "1"})
    assert {:error, "bad_frame", _, nil} = decode(%{type: "join", room: "general", after: 1.5})
    assert {:error, "bad_frame", _, nil} = message(%{id: "1"})
    assert {:error, "bad_frame", _, @id} = message(%{room: nil})
    assert {:error, "bad_frame", _, @id} = message(%{body: "  \n"})
    assert {:error, "bad_frame", _, @id} = message(%{body: 5})
    assert {:error, "bad_frame", _, @id} = message(%{body: "a\0b"})
  end

  test "writes frames with the fields of the contract" do
    message = %{room: "r", id: @id, seq: 3, user: %{id: "7", name: "Ädä"}, body: "hi", at: "t", node: "n"}
    read = fn text -> elem(Chat.Json.decode(text), 1) end

    wire = %{
      "room" => "r",
      "id" => @id,
      "seq" => 3,
      "user" => %{"id" => "7", "name" => "Ädä"},
      "body" => "hi",
      "at" => "t",
      "node" => "n"
    }

    assert read.(Protocol.message(message)) == Map.put(wire, "type", "message")

    assert read.(Protocol.joined("r", [message], true)) == %{
             "type" => "joined",
             "room" => "r",
             "messages" => [wire],
             "more" => true
           }

    assert read.(Protocol.ack("r", @id, 3, "t")) == %{
             "type" => "ack",
             "room" => "r",
             "id" => @id,
             "seq" => 3,
             "at" => "t"
           }

    presence = %{"type" => "presence", "room" => "r", "count" => 7}
    assert read.(Protocol.presence("r", [message.user], 7)) == Map.put(presence, "users", [wire["user"]])
    assert read.(Protocol.presence_count("r", 7)) == presence

    assert read.(Protocol.presence_change("r", [message.user], ["9"], 7)) ==
             Map.merge(presence, %{"type" => "presence_change", "joined" => [wire["user"]], "left" => ["9"]})

    assert read.(Protocol.drain(250)) == %{"type" => "drain", "reconnectAfterMs" => 250}
    assert read.(Protocol.error("c", "m")) == %{"type" => "error", "code" => "c", "message" => "m"}
    assert read.(Protocol.error("c", "m", id: @id, room: nil))["id"] == @id

    assert read.(Protocol.error("c", "m", room: "r")) == %{
             "type" => "error",
             "code" => "c",
             "message" => "m",
             "room" => "r"
           }

    assert read.(Protocol.pong()) == %{"type" => "pong"}

    assert read.(Protocol.welcome(:chat@n, message.user, 25, 3600)) == %{
             "type" => "welcome",
             "node" => "chat@n",
             "user" => wire["user"],
             "heartbeatSeconds" => 25,
             "expiresInSeconds" => 3600
           }
  end

  test "random JSON never makes it crash" do
    values = [nil, true, 0, -1, 1.0e10, "", "general", @id, [], %{}, ["x"], %{"a" => []}]

    for type <- ["join", "message", "presence", "ping", nil, 1], room <- values, id <- values, body <- values do
      result = decode(%{type: type, room: room, id: id, body: body, after: body})
      assert result == :ping or elem(result, 0) in [:join, :message, :presence, :error]
    end
  end

  test "uuids of the tests are uuids", do: assert(match?({:message, _, _, _}, message(%{id: uuid()})))
end
