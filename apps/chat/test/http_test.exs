defmodule Chat.HttpTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.Http.{Handshake, Request, Response}

  defp request(lines), do: Enum.join(lines, "\r\n") <> "\r\n\r\n"

  test "reads a request and leaves the next one" do
    data = request(["GET /a/b?c=d HTTP/1.1", "Host: x", "X-Request-Id:  abc ", "Accept: a", "accept: b"])
    assert {:ok, parsed, "GET /next"} = Request.parse(data <> "GET /next")
    assert %{method: "GET", path: "/a/b", query: "c=d", version: {1, 1}, keep_alive?: true} = parsed
    assert Request.header(parsed, "x-request-id") == "abc"
    assert Request.list(parsed, "accept") == ["a", "b"]
  end

  test "waits for the rest, at every cut" do
    data = request(["GET / HTTP/1.1", "Host: x", "Connection: Upgrade"])
    for cut <- 0..(byte_size(data) - 1), do: assert(Request.parse(binary_part(data, 0, cut)) == :more)
    assert {:ok, _, ""} = Request.parse(data)
  end

  test "knows who keeps the connection" do
    keep = fn version, lines ->
      {:ok, parsed, ""} = Request.parse(request(["GET / HTTP/#{version}", "Host: x" | lines]))
      parsed.keep_alive?
    end

    assert keep.("1.1", [])
    refute keep.("1.1", ["Connection: close"])
    refute keep.("1.0", [])
    assert keep.("1.0", ["Connection: Keep-Alive"])
  end

  test "refuses what is wrong, too large, or has a body" do
    assert Request.parse("nonsense\r\n\r\n") == {:error, 400}
    assert Request.parse(request(["GET / HTTP/1.1"])) == {:error, 400}
    assert Request.parse(request(["GET / HTTP/2.0", "Host: x"])) == {:error, 505}
    assert Request.parse(request(["GET / HTTP/1.1", "Host: x", "no colon"])) == {:error, 400}
    assert Request.parse(request(["POST / HTTP/1.1", "Host: x", "Content-Length: 3"])) == {:error, 413}
    assert Request.parse(request(["POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"])) == {:error, 501}
    assert Request.parse("GET /" <> String.duplicate("a", 20_000)) == {:error, 431}
    assert Request.parse(request(["GET / HTTP/1.1" | for(n <- 1..70, do: "h#{n}: x")])) == {:error, 431}
    big = for n <- 1..3, do: "h#{n}: #{String.duplicate("x", 7_000)}"
    assert Request.parse(request(["GET / HTTP/1.1", "Host: x" | big])) == {:error, 431}
  end

  test "writes a response" do
    bytes = IO.iodata_to_binary(Response.encode(Response.problem(404, "not_found", "nothing"), false))
    assert bytes =~ "HTTP/1.1 404 Not Found\r\n"
    assert bytes =~ "connection: close\r\n"
    assert String.ends_with?(bytes, "\r\n\r\n" <> ~s({"error":{"code":"not_found","message":"nothing"}}))
    head = IO.iodata_to_binary(Response.encode(Response.json(200, %{a: 1}), true, false))
    assert head =~ "content-length: 7\r\n"
    assert String.ends_with?(head, "\r\n\r\n")
  end

  describe "handshake" do
    defp shake(changes) do
      headers =
        %{
          "host" => "x",
          "upgrade" => "websocket",
          "connection" => "keep-alive, Upgrade",
          "origin" => "https://panel.test:8443",
          "sec-websocket-version" => "13",
          "sec-websocket-key" => "dGhlIHNhbXBsZSBub25jZQ==",
          "sec-websocket-protocol" => "switchboard.v1, token.#{token()}"
        }
        |> Map.merge(changes)
        |> Map.reject(fn {_, value} -> value == nil end)

      request = %Request{method: "GET", path: "/socket", version: {1, 1}, headers: headers}
      settings = %{token_keys: keys(), allowed_origins: ["https://panel.test:8443"]}
      Handshake.check(request, settings, System.os_time(:second))
    end

    defp refused(changes) do
      assert {:error, {status, _headers, body}} = shake(changes)
      {:ok, %{"error" => %{"code" => code}}} = Chat.Json.decode(body)
      {status, code}
    end

    test "answers with the one protocol and never with the token" do
      assert {:ok, %{id: "7"}, headers} = shake(%{})
      assert {"sec-websocket-protocol", "switchboard.v1"} in headers
      assert {"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="} in headers
      assert {:ok, _, _} = shake(%{"origin" => nil})
      assert {:ok, _, _} = shake(%{"origin" => "HTTPS://Panel.test:8443"})
    end

    test "says why not" do
      assert refused(%{"upgrade" => nil}) == {426, "upgrade_required"}
      assert refused(%{"connection" => "close"}) == {426, "upgrade_required"}
      assert refused(%{"sec-websocket-version" => "8"}) == {426, "websocket_version"}
      assert refused(%{"sec-websocket-key" => "short"}) == {400, "websocket_key"}
      assert refused(%{"origin" => "https://evil.test"}) == {403, "origin"}
      assert refused(%{"origin" => "null"}) == {403, "origin"}
      assert refused(%{"origin" => "https://panel.test:8443.evil.test"}) == {403, "origin"}
      assert refused(%{"sec-websocket-protocol" => "token.#{token()}"}) == {400, "subprotocol"}
      assert refused(%{"sec-websocket-protocol" => nil}) == {400, "subprotocol"}
      assert refused(%{"sec-websocket-protocol" => "switchboard.v1"}) == {401, "token_missing"}
      assert refused(%{"sec-websocket-protocol" => "switchboard.v1, token.a.b.c"}) == {401, "token_malformed"}
      expired = token(%{exp: System.os_time(:second) - 60})
      assert refused(%{"sec-websocket-protocol" => "switchboard.v1, token.#{expired}"}) == {401, "token_expired"}
    end
  end
end
