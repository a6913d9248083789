defmodule Chat.Http.Response do
  @moduledoc "Writes an HTTP/1.1 response. Pure."

  @reasons %{
    101 => "Switching Protocols",
    200 => "OK",
    400 => "Bad Request",
    401 => "Unauthorized",
    403 => "Forbidden",
    404 => "Not Found",
    405 => "Method Not Allowed",
    408 => "Request Timeout",
    413 => "Content Too Large",
    426 => "Upgrade Required",
    429 => "Too Many Requests",
    431 => "Request Header Fields Too Large",
    500 => "Internal Server Error",
    501 => "Not Implemented",
    503 => "Service Unavailable",
    505 => "HTTP Version Not Supported"
  }

  @type t :: {status :: pos_integer, headers :: [{String.t(), String.t()}], body :: iodata}

  @doc "A JSON response."
  @spec json(pos_integer, term, [{String.t(), String.t()}]) :: t
  def json(status, term, headers \\ []),
    do:
      {status, [{"content-type", "application/json"}, {"cache-control", "no-store"} | headers], Chat.Json.encode(term)}

  @doc "A refusal: `{\"error\":{\"code\":...,\"message\":...}}`."
  @spec problem(pos_integer, String.t(), String.t(), [{String.t(), String.t()}]) :: t
  def problem(status, code, message, headers \\ []),
    do: json(status, %{error: {[code: code, message: message]}}, headers)

  @doc "There is no room on this node."
  @spec full() :: t
  def full, do: problem(503, "full", "this node has all the connections it may have", [{"retry-after", "5"}])

  @doc "The refusal of a request that could not be read."
  @spec unreadable(pos_integer) :: t
  def unreadable(status), do: problem(status, "http_#{status}", Map.fetch!(@reasons, status))

  @doc "The bytes of a response. `body?` is false for HEAD."
  @spec encode(t, boolean, boolean) :: iodata
  def encode({status, headers, body}, keep_alive?, body? \\ true) do
    connection = if keep_alive?, do: "keep-alive", else: "close"
    length = to_string(IO.iodata_length(body))

    head([{"connection", connection}, {"content-length", length} | headers], status, if(body?, do: body, else: []))
  end

  @doc "The bytes of the response that makes the connection a WebSocket."
  @spec switch([{String.t(), String.t()}]) :: iodata
  def switch(headers), do: head([{"connection", "Upgrade"}, {"upgrade", "websocket"} | headers], 101, [])

  defp head(headers, status, body) do
    lines = for {name, value} <- headers, do: [name, ": ", value, "\r\n"]
    ["HTTP/1.1 #{status} #{Map.fetch!(@reasons, status)}\r\n", lines, "\r\n", body]
  end
end
