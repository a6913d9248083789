defmodule Chat.Token do
  @moduledoc """
  The token that the panel signs and the client offers: a JWT with HS256, `aud` "chat", and the rooms its owner may
  enter. The algorithm is fixed; the header of the token does not get to choose.
  """

  # Clocks of the panel's node and of this one may differ by this much (seconds).
  @leeway 5
  # What a request id may look like; the panel's are those of NGINX.
  @request ~r/\A[A-Za-z0-9._:-]{1,128}\z/
  @room ~r/\A[A-Za-z0-9][A-Za-z0-9_-]{0,63}\z/

  @type claims :: %{
          id: String.t(),
          name: String.t(),
          rooms: MapSet.t(String.t()),
          expires: integer,
          request: String.t() | nil
        }
  @type problem :: {code :: String.t(), message :: String.t()}

  @doc "Checks a token against the key (bytes) and the time (Unix seconds)."
  @spec verify(String.t(), binary, integer) :: {:ok, claims} | {:error, problem}
  def verify(token, key, now) do
    with [header, payload, signature] <- String.split(token, "."),
         {:ok, given} <- decode64(signature),
         :ok <- check_algorithm(header),
         :ok <- check_signature(header <> "." <> payload, given, key),
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
         {:ok, %{"alg" => "HS256"} = fields} <- Chat.Json.decode(json),
         true <- Map.get(fields, "typ", "JWT") == "JWT" and not Map.has_key?(fields, "crit") do
      :ok
    else
      _ -> {:error, {"token_algorithm", "the token must be a JWT with alg HS256"}}
    end
  end

  defp check_signature(signed, given, key) do
    expected = :crypto.mac(:hmac, :sha256, key, signed)

    # hash_equals takes the same time wherever the two differ, but wants equal sizes.
    if byte_size(given) == byte_size(expected) and :crypto.hash_equals(given, expected),
      do: :ok,
      else: {:error, {"token_signature", "the signature of the token is wrong"}}
  end

  defp check_claims(claims, now) do
    %{"sub" => id, "name" => name, "rooms" => rooms, "exp" => expires, "aud" => audience} =
      Map.merge(%{"sub" => nil, "name" => nil, "rooms" => nil, "exp" => nil, "aud" => nil}, claims)

    cond do
      not (audience == "chat" or (is_list(audience) and "chat" in audience)) ->
        {:error, {"token_audience", "the token is not for the chat (aud must be chat)"}}

      not is_number(expires) ->
        {:error, {"token_claims", "the token has no exp"}}

      expires + @leeway <= now ->
        {:error, {"token_expired", "the token has expired; get a new one"}}

      is_number(claims["iat"]) and claims["iat"] > now + 60 ->
        {:error, {"token_claims", "the token was issued in the future (iat)"}}

      not (text?(id, 128) and text?(name, 200)) ->
        {:error, {"token_claims", "the token needs sub (at most 128 bytes) and name (at most 200 bytes)"}}

      not (is_list(rooms) and length(rooms) <= 1000 and Enum.all?(rooms, &room?/1)) ->
        {:error, {"token_claims", "the token needs rooms, a list of at most 1000 room names"}}

      true ->
        {:ok, %{id: id, name: name, rooms: MapSet.new(rooms), expires: trunc(expires), request: request(claims["jti"])}}
    end
  end

  # The token's id: the request that the panel made it for. It is logged, so what cannot be one is left out.
  defp request(id), do: if(is_binary(id) and id =~ @request, do: id)

  # Postgres cannot store the character NUL.
  defp text?(value, longest),
    do: is_binary(value) and value != "" and byte_size(value) <= longest and not String.contains?(value, <<0>>)
end
