defmodule Chat.WebSocketTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.WebSocket

  defp decode(data), do: WebSocket.decode(data, WebSocket.new())

  test "reads text, ping, pong and close" do
    assert {:ok, {:text, "hällo"}, "rest", _} = decode(masked(1, "hällo") <> "rest")
    assert {:ok, {:ping, "p"}, "", _} = decode(masked(9, "p"))
    assert {:ok, {:pong, ""}, "", _} = decode(masked(10, ""))
    assert {:ok, {:close, 1001}, "", _} = decode(masked(8, <<1001::16, "bye">>))
    assert {:ok, {:close, nil}, "", _} = decode(masked(8, ""))
  end

  test "reads a frame that comes in any number of pieces" do
    for size <- [0, 1, 125, 126, 300, 65_535, 65_536], payload = String.duplicate("x", size) do
      data = masked(1, payload)

      for cut <- Enum.uniq([0, 1, 2, 5, 9, byte_size(data) - 1]), cut < byte_size(data) do
        <<first::binary-size(cut), second::binary>> = data
        assert {:more, buffer, state} = decode(first)
        assert {:ok, {:text, ^payload}, "", _} = WebSocket.decode(buffer <> second, state)
      end
    end
  end

  test "says how many bytes make the next try useful" do
    for size <- [0, 1, 125, 126, 65_535, 65_536], payload = String.duplicate("x", size) do
      data = masked(1, payload)
      assert WebSocket.needed("", WebSocket.new()) == 1
      assert WebSocket.needed(binary_part(data, 0, 1), WebSocket.new()) == 2
      assert WebSocket.needed(binary_part(data, 0, byte_size(data) - size), WebSocket.new()) == byte_size(data)
    end

    assert {:more, rest, state} = decode((masked(1, "begun", fin: false) <> masked(0, "more")) |> binary_part(0, 18))
    assert WebSocket.kept(state) >= 5
    assert WebSocket.needed(rest, state) == byte_size(masked(0, "more"))
  end

  test "puts fragments together, also when a character is cut and a ping comes between" do
    <<a::binary-size(2), b::binary>> = "aä€"
    data = masked(1, a, fin: false) <> masked(9, "hi") <> masked(0, "", fin: false) <> masked(0, b)
    assert {:ok, {:ping, "hi"}, rest, state} = decode(data)
    assert {:ok, {:text, "aä€"}, "", state} = WebSocket.decode(rest, state)
    assert state == WebSocket.new()
  end

  test "closes with the code that says why" do
    <<unmasked::binary>> = <<1::1, 0::3, 1::4, 0::1, 2::7, "hi">>
    assert {:error, 1002, _} = decode(unmasked)
    assert {:error, 1002, _} = decode(masked(1, "x", rsv: 4))
    assert {:error, 1002, _} = decode(masked(3, "x"))
    assert {:error, 1002, _} = decode(masked(0, "no beginning"))
    assert {:error, 1002, _} = decode(masked(9, "x", fin: false))
    assert {:error, 1002, _} = decode(masked(8, <<999::16>>))
    assert {:error, 1003, _} = decode(masked(2, "x"))
    assert {:error, 1003, _} = decode(masked(2, "x", fin: false) <> masked(0, "y"))
    assert {:error, 1007, _} = decode(masked(1, <<0xFF>>))
    assert {:error, 1007, _} = decode(masked(1, <<0xE2, 0x82>>))
    assert {:error, 1007, _} = decode(masked(1, <<0xED, 0xA0, 0x80>>))
    assert {:error, 1009, _} = decode(binary_part(masked(1, String.duplicate("x", 65_537)), 0, 14))
  end

  test "a message has 64 KiB at most, in however many fragments" do
    part = String.duplicate("x", 30_000)
    assert {:error, 1009, _} = decode(masked(1, part, fin: false) <> masked(0, part, fin: false) <> masked(0, part))
    empty = masked(1, "", fin: false) <> String.duplicate(masked(0, "", fin: false), 5_000)
    assert {:error, 1009, _} = decode(empty <> masked(0, String.duplicate("x", 100)))
  end

  test "writes frames, and the key of the handshake of RFC 6455" do
    assert WebSocket.text("hi") == <<0x81, 2, "hi">>
    assert WebSocket.close(1012, "service restart") == <<0x88, 17, 1012::16, "service restart">>
    assert byte_size(WebSocket.close(1000, String.duplicate("x", 500))) <= 127
    assert WebSocket.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  end
end
