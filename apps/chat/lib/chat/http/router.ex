defmodule Chat.Http.Router do
  @moduledoc "What each path answers."

  alias Chat.Http.{Handshake, Response, Status}
  alias Chat.{Cluster, Drain, Health, Settings, Sockets}

  @doc "The answer to a request, or that it becomes a WebSocket with these claims and response headers."
  @spec route(Chat.Http.Request.t()) ::
          {:respond, Response.t()} | {:upgrade, Chat.Token.claims(), [{String.t(), String.t()}]}
  def route(%{path: "/socket", method: "GET"} = request) do
    settings = Settings.get()

    cond do
      Drain.draining?() ->
        {:respond, Response.problem(503, "draining", "this node is about to stop", [{"retry-after", "1"}])}

      Sockets.count() >= settings.max_connections ->
        {:respond,
         Response.problem(503, "full", "this node has all the connections it may have", [{"retry-after", "5"}])}

      true ->
        case Handshake.check(request, settings, System.os_time(:second)) do
          {:ok, claims, headers} -> {:upgrade, claims, headers}
          {:error, response} -> {:respond, response}
        end
    end
  end

  def route(%{method: method} = request) when method in ["GET", "HEAD"], do: {:respond, get(request.path)}

  def route(_request),
    do:
      {:respond,
       Response.problem(405, "method_not_allowed", "only GET and HEAD are answered", [{"allow", "GET, HEAD"}])}

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
