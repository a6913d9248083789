defmodule Chat.Http.Handshake do
  @moduledoc """
  Decides whether a request may become a WebSocket: upgrade headers, origin, and the token that the client offers as
  the subprotocol `token.<jwt>` beside `switchboard.v1`. Pure.
  """

  alias Chat.Http.{Request, Response}

  @protocol "switchboard.v1"

  @doc "The claims of the token and the headers of the answer, or the refusal."
  @spec check(Request.t(), %{token_keys: [binary], allowed_origins: [String.t()]}, integer) ::
          {:ok, Chat.Token.claims(), [{String.t(), String.t()}]} | {:error, Response.t()}
  def check(request, settings, now) do
    with :ok <- upgrade(request),
         :ok <- version(request),
         {:ok, key} <- key(request),
         :ok <- origin(Request.header(request, "origin"), settings.allowed_origins),
         offered = Request.list(request, "sec-websocket-protocol"),
         :ok <- protocol(offered),
         {:ok, token} <- token(offered),
         {:ok, claims} <- verify(token, settings.token_keys, now) do
      {:ok, claims, [{"sec-websocket-accept", Chat.WebSocket.accept_key(key)}, {"sec-websocket-protocol", @protocol}]}
    end
  end

  defp upgrade(request) do
    asked = request |> Request.list("upgrade") |> Enum.map(&String.downcase/1)
    options = request |> Request.list("connection") |> Enum.map(&String.downcase/1)

    if "websocket" in asked and "upgrade" in options and request.version == {1, 1},
      do: :ok,
      else: refuse(426, "upgrade_required", "this path speaks WebSocket", [{"upgrade", "websocket"}])
  end

  defp version(request) do
    if Request.header(request, "sec-websocket-version") == "13",
      do: :ok,
      else: refuse(426, "websocket_version", "only WebSocket version 13 is spoken", [{"sec-websocket-version", "13"}])
  end

  defp key(request) do
    key = Request.header(request, "sec-websocket-key") || ""

    case Base.decode64(key) do
      {:ok, <<_::128>>} -> {:ok, key}
      _ -> refuse(400, "websocket_key", "Sec-WebSocket-Key must be 16 bytes in base64")
    end
  end

  # Only browsers send an origin, and always do; a program without one still needs a token.
  defp origin(nil, _allowed), do: :ok

  defp origin(origin, allowed) do
    if String.downcase(origin) in allowed,
      do: :ok,
      else: refuse(403, "origin", "pages of this origin may not chat here; ALLOWED_ORIGINS lists those that may")
  end

  defp protocol(offered) do
    if @protocol in offered,
      do: :ok,
      else: refuse(400, "subprotocol", "offer the subprotocols #{@protocol} and token.<jwt>")
  end

  defp token(offered) do
    case for("token." <> token <- offered, do: token) do
      [token] -> {:ok, token}
      _ -> refuse(401, "token_missing", "offer exactly one subprotocol token.<jwt>")
    end
  end

  defp verify(token, keys, now) do
    with {:error, {code, message}} <- Chat.Token.verify(token, keys, now), do: refuse(401, code, message)
  end

  defp refuse(status, code, message, headers \\ []), do: {:error, Response.problem(status, code, message, headers)}
end
