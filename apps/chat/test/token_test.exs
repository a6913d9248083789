defmodule Chat.TokenTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.Token

  @now System.os_time(:second)

  defp verify(token), do: Token.verify(token, key(), @now)

  defp code(token) do
    assert {:error, {code, message}} = verify(token)
    refute token != "" and String.contains?(message, token)
    code
  end

  test "gives who it is and which rooms are open" do
    assert {:ok, claims} = verify(token(%{rooms: ["general", "ops_2"]}))
    assert %{id: "7", name: "Ada", rooms: rooms} = claims
    assert MapSet.equal?(rooms, MapSet.new(["general", "ops_2"]))
    assert {:ok, _} = verify(token(%{aud: ["panel", "chat"]}))
  end

  test "gives the request that it was made for, if it names one that can be logged" do
    request = fn jti -> elem(verify(token(%{jti: jti})), 1).request end
    assert request.("5f2b0c3d9e") == "5f2b0c3d9e"
    for jti <- [nil, 7, "", "two\nlines", String.duplicate("a", 129), "\e[2J"], do: assert(request.(jti) == nil)
  end

  test "takes HS256 alone, whatever the header says" do
    assert code(token(%{}, header: %{alg: "none"})) == "token_algorithm"
    assert code(token(%{}, header: %{alg: "HS512"})) == "token_algorithm"
    assert code(token(%{}, header: %{alg: "HS256", typ: "JWT", crit: ["x"]})) == "token_algorithm"
    [_, payload, _] = String.split(token(), ".")
    assert code(encode64(~s({"alg":"none"})) <> "." <> payload <> ".") == "token_algorithm"
  end

  test "checks the signature" do
    assert code(token(%{}, key: "another key")) == "token_signature"
    [header, _, signature] = String.split(token(), ".")
    other = encode64(~s({"sub":"1","name":"x","rooms":["secret"],"exp":9999999999,"aud":"chat"}))
    assert code("#{header}.#{other}.#{signature}") == "token_signature"
    assert code("#{header}.#{other}.") == "token_signature"
  end

  test "checks time and audience" do
    assert code(token(%{exp: @now - 5})) == "token_expired"
    assert {:ok, _} = verify(token(%{exp: @now - 4}))
    assert code(token(%{exp: nil})) == "token_claims"
    assert code(token(%{exp: "tomorrow"})) == "token_claims"
    assert code(token(%{iat: @now + 3600})) == "token_claims"
    assert code(token(%{aud: "panel"})) == "token_audience"
    assert code(token(%{aud: nil})) == "token_audience"
  end

  test "checks user and rooms" do
    assert code(token(%{sub: ""})) == "token_claims"
    assert code(token(%{sub: 7})) == "token_claims"
    assert code(token(%{name: nil})) == "token_claims"
    assert code(token(%{name: "a\0b"})) == "token_claims"
    assert code(token(%{rooms: "general"})) == "token_claims"
    assert code(token(%{rooms: ["../etc"]})) == "token_claims"
    assert code(token(%{rooms: ["a}b"]})) == "token_claims"
  end

  test "refuses what is no token" do
    for text <- ["", "xyz", "a.b", "a.b.c.d", "...", "!.!.!", "e30.e30.e30", encode64("[]") <> ".e30.AA"] do
      assert code(text) in ["token_malformed", "token_algorithm"]
    end
  end
end
