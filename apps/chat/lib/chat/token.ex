defmodule Chat.Token do
  @moduledoc """
  The token that the panel signs and the client offers: a JWT with EdDSA (Ed25519), `aud` "chat", and the rooms its owner
  may enter. The chat has public keys alone: it can check a token and make none. The algorithm is fixed; the header of
  the token does not get to choose it, nor the key.
  """

  # Clocks of the panel's database and of this node may differ by this much (seconds).
  @leeway 5
  # What a request id may look like; the panel's are those of NGINX.
  @request ~r/\A[A-Za-z0-9._:-]{1,128}\z/
  @room ~r/\A[A-Za-z0-9][A-Za-z0-9_-]{0,63}\z/
  @most_keys 3

  @typedoc "`issued` is in microseconds since 1970, `expires` in seconds; `session` names the log-in, never its id."
  @type claims :: %{
          id: String.t(),
          name: String.t(),
          rooms: MapSet.t(String.t()),
          session: String.t(),
          issued: integer,
          expires: integer,
          request: String.t() | nil
        }
  @type problem :: {code :: String.t(), message :: String.t()}

  @doc "The Ed25519 keys of a PEM text: one to three `PUBLIC KEY` blocks (the previous, the current, the next one)."
  @spec public_keys(String.t()) :: {:ok, [binary]} | {:error, String.t()}
  def public_keys(pem) do
    blocks = :public_key.pem_decode(pem)
    keys = Enum.map(blocks, &public_key/1)

    cond do
      blocks == [] -> {:error, "holds no PUBLIC KEY block"}
      length(blocks) > @most_keys -> {:error, "holds #{length(blocks)} keys; #{@most_keys} at most"}
      nil in keys -> {:error, "holds a block that is not an Ed25519 PUBLIC KEY"}
      true -> {:ok, keys}
    end
  rescue
    _ -> {:error, "cannot be read as PEM"}
  end

  defp public_key({:SubjectPublicKeyInfo, der, :not_encrypted}) do
    case :public_key.der_decode(:SubjectPublicKeyInfo, der) do
      # The object identifier of Ed25519 (RFC 8410).
      {_, {:AlgorithmIdentifier, {1, 3, 101, 112}, _}, <<key::binary-size(32)>>} -> key
      _ -> nil
    end
  end

  defp public_key(_entry), do: nil

  @doc "Checks a token against the public keys and the time (Unix seconds)."
  @spec verify(String.t(), [binary], integer) :: {:ok, claims} | {:error, problem}
  def verify(token, keys, now) do
    with [header, payload, signature] <- String.split(token, "."),
         {:ok, given} <- decode64(signature),
         :ok <- check_algorithm(header),
         :ok <- check_signature(header <> "." <> payload, given, keys),
         {:ok, json} <- decode64(payload),
         {:ok, %{} = claims} <- Chat.Json.decode(json) do
      check_claims(claims, now)
    else
      {:error, {_, _}} = error -> error
      _ -> {:error, {"token_malformed", "the token is not a JWT"}}
    end
  end

  @doc "Whether a text can be the name of a room."
  @spec room?(term) :: boolean
  def room?(name), do: is_binary(name) and name =~ @room

  defp decode64(text), do: Base.url_decode64(text, padding: false)

  defp check_algorithm(header) do
    with {:ok, json} <- decode64(header),
         {:ok, %{"alg" => "EdDSA"} = fields} <- Chat.Json.decode(json),
         true <- Map.get(fields, "typ", "JWT") == "JWT" and not Map.has_key?(fields, "crit") do
      :ok
    else
      _ -> {:error, {"token_algorithm", "the token must be a JWT with alg EdDSA"}}
    end
  end

  defp check_signature(signed, given, keys) do
    if byte_size(given) == 64 and Enum.any?(keys, &:crypto.verify(:eddsa, :none, signed, given, [&1, :ed25519])),
      do: :ok,
      else: {:error, {"token_signature", "the signature of the token is wrong"}}
  end

  defp check_claims(claims, now) do
    with :ok <- check_audience(claims["aud"]),
         :ok <- check_times(claims, now),
         :ok <- check_owner(claims) do
      {:ok,
       %{
         id: claims["sub"],
         name: claims["name"],
         rooms: MapSet.new(claims["rooms"]),
         session: claims["sid"],
         issued: round(claims["iat"] * 1_000_000),
         expires: trunc(claims["exp"]),
         request: request(claims["jti"])
       }}
    end
  end

  defp check_audience(audience) do
    if audience == "chat" or (is_list(audience) and "chat" in audience),
      do: :ok,
      else: {:error, {"token_audience", "the token is not for the chat (aud must be chat)"}}
  end

  defp check_times(%{"iat" => issued, "nbf" => from, "exp" => expires}, now)
       when is_number(issued) and is_number(from) and is_number(expires) do
    cond do
      expires + @leeway <= now -> {:error, {"token_expired", "the token has expired; get a new one"}}
      from > now + @leeway -> {:error, {"token_early", "the token is not good yet (nbf)"}}
      issued < 0 -> {:error, {"token_claims", "iat is before 1970"}}
      issued > now + @leeway -> {:error, {"token_early", "the token was issued in the future (iat)"}}
      true -> :ok
    end
  end

  defp check_times(_claims, _now), do: {:error, {"token_claims", "the token needs iat, nbf and exp, which are numbers"}}

  defp check_owner(claims) do
    rooms = claims["rooms"]

    cond do
      not (text?(claims["sub"], 128) and text?(claims["name"], 200)) ->
        {:error, {"token_claims", "the token needs sub (at most 128 bytes) and name (at most 200 bytes)"}}

      not text?(claims["sid"], 128) ->
        {:error, {"token_claims", "the token needs sid (at most 128 bytes)"}}

      not (is_list(rooms) and length(rooms) <= 1000 and Enum.all?(rooms, &room?/1)) ->
        {:error, {"token_claims", "the token needs rooms, a list of at most 1000 room names"}}

      true ->
        :ok
    end
  end

  # The token's id: the request that the panel made it for. It is logged, so what cannot be one is left out.
  defp request(id), do: if(is_binary(id) and id =~ @request, do: id)

  # Postgres cannot store the character NUL.
  defp text?(value, longest),
    do: is_binary(value) and value != "" and byte_size(value) <= longest and not String.contains?(value, <<0>>)
end
