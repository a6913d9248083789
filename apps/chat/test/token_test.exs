defmodule Chat.TokenTest do
  use ExUnit.Case, async: true
  import Chat.TestCase
  alias Chat.Token

  @now System.os_time(:second)

  defp verify(token), do: Token.verify(token, keys(), @now)

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

  test "takes EdDSA alone, whatever the header says" do
    for alg <- ["none", "HS256", "ES256", "eddsa", nil],
        do: assert(code(token(%{}, header: %{alg: alg})) == "token_algorithm")

    assert code(token(%{}, header: %{alg: "EdDSA", typ: "JWT", crit: ["x"]})) == "token_algorithm"

    # The public key as the key of an HMAC: the oldest trick with two algorithms.
    [public] = keys()
    [_, payload, _] = String.split(token(), ".")

    for key <- [public, pem(public)], alg <- ["HS256", "EdDSA"] do
      signed = encode64(Chat.Json.encode(%{alg: alg, typ: "JWT"})) <> "." <> payload

      assert code(signed <> "." <> encode64(:crypto.mac(:hmac, :sha256, key, signed))) in [
               "token_algorithm",
               "token_signature"
             ]
    end

    assert code(encode64(~s({"alg":"none"})) <> "." <> payload <> ".") == "token_algorithm"
  end

  test "checks the signature" do
    {_, another} = :crypto.generate_key(:eddsa, :ed25519)
    assert code(token(%{}, key: another)) == "token_signature"
    [header, _, signature] = String.split(token(), ".")
    other = encode64(~s({"sub":"1","name":"x","rooms":["secret"],"exp":9999999999,"aud":"chat"}))
    assert code("#{header}.#{other}.#{signature}") == "token_signature"
    assert code("#{header}.#{other}.") == "token_signature"
  end

  test "any of the keys will do while they rotate, and one that is gone will not" do
    [{before, signs_before}, {current, _}, {next, signs_next}] =
      for _ <- 1..3, do: :crypto.generate_key(:eddsa, :ed25519)

    for private <- [signs_before, signs_next],
        do: assert({:ok, _} = Token.verify(token(%{}, key: private), [before, current, next], @now))

    assert {:error, {"token_signature", _}} = Token.verify(token(%{}, key: signs_before), [current, next], @now)
  end

  test "keeps the time of issue to the microsecond, and the session" do
    now = System.os_time(:second)
    assert {:ok, claims} = verify(token(%{iat: now + 0.123457, sid: "abc"}))
    assert claims.issued == now * 1_000_000 + 123_457
    assert claims.session == "abc"
    for sid <- [nil, 7, "", String.duplicate("a", 129)], do: assert(code(token(%{sid: sid})) == "token_claims")
  end

  test "checks time and audience" do
    assert code(token(%{exp: @now - 5})) == "token_expired"
    assert {:ok, _} = verify(token(%{exp: @now - 4}))
    assert code(token(%{exp: nil})) == "token_claims"
    assert code(token(%{exp: "tomorrow"})) == "token_claims"
    assert code(token(%{iat: @now + 3600})) == "token_early"
    assert code(token(%{nbf: @now + 60})) == "token_early"
    assert {:ok, _} = verify(token(%{nbf: @now + 4}))

    for name <- [:iat, :nbf, :exp],
        value <- [nil, "now", []],
        do: assert(code(token(%{name => value})) == "token_claims")

    assert code(token(%{iat: -1.0e308})) == "token_claims"
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
