defmodule Chat.Http.Router do
  @moduledoc "What each path answers."

  alias Chat.Http.{Handshake, Response, Status}
  alias Chat.{Cluster, Drain, Health, Memory, Revocations, Settings, Sockets, Users}

  @doc "The answer to a request, or that it becomes a WebSocket with these claims and response headers."
  @spec route(Chat.Http.Request.t()) ::
          {:respond, Response.t()} | {:upgrade, Chat.Token.claims(), [{String.t(), String.t()}]}
  def route(%{path: "/socket", method: "GET"} = request) do
    case admit(request, Settings.get()) do
      {:ok, claims, headers} -> {:upgrade, claims, headers}
      {:error, response} -> {:respond, response}
    end
  end

  def route(%{method: method} = request) when method in ["GET", "HEAD"], do: {:respond, get(request.path)}

  def route(_request),
    do:
      {:respond,
       Response.problem(405, "method_not_allowed", "only GET and HEAD are answered", [{"allow", "GET, HEAD"}])}

  defp admit(request, settings) do
    with :ok <- room_here(settings),
         {:ok, claims, headers} <- Handshake.check(request, settings, System.os_time(:second)),
         :ok <- judge(claims, settings.revocations),
         :ok <- room_for(claims.id, settings.sockets_per_user),
         do: {:ok, claims, headers}
  end

  defp room_here(settings) do
    cond do
      Drain.draining?() -> refuse(503, "draining", "this node is about to stop", 1)
      Sockets.count() >= settings.max_connections or Memory.full?() -> {:error, Response.full()}
      true -> :ok
    end
  end

  defp judge(claims, table) do
    cond do
      problem = Revocations.problem(table) -> refuse(503, "unavailable", "tokens cannot be checked: #{problem}", 5)
      Revocations.signed_out?(claims) -> {:error, Response.problem(401, "token_revoked", "signed out; log in again")}
      true -> :ok
    end
  end

  defp room_for(user, most) do
    case Users.admit(user, most) do
      :ok -> :ok
      {:error, :too_many} -> refuse(429, "too_many_sockets", "a user may have #{most} connections; close one", 5)
      {:error, :unavailable} -> refuse(503, "unavailable", "this node is recovering", 1)
    end
  end

  defp refuse(status, code, message, seconds),
    do: {:error, Response.problem(status, code, message, [{"retry-after", to_string(seconds)}])}

  defp get("/livez"), do: Response.json(200, %{status: "ok"})
  defp get("/readyz"), do: health(if(Drain.draining?(), do: :ok, else: Health.ready()))
  defp get("/startupz"), do: health(Health.started())

  defp get("/cluster") do
    Response.json(200, {[node: node(), nodes: Cluster.members(), connections: Sockets.count()]})
  end

  defp get("/"), do: Status.page()
  defp get("/status.json"), do: Status.numbers_page()
  defp get("/status.css"), do: Status.asset("status.css", "text/css; charset=utf-8")
  defp get("/status.js"), do: Status.asset("status.js", "text/javascript; charset=utf-8")
  defp get("/favicon.svg"), do: Status.asset("favicon.svg", "image/svg+xml")
  defp get(_path), do: Response.problem(404, "not_found", "there is nothing at this path")

  defp health(:ok), do: Response.json(200, %{status: "ok"})
  defp health({:error, why}), do: Response.json(503, {[status: "unavailable", error: why]})
end
