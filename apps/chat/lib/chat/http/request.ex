defmodule Chat.Http.Request do
  @moduledoc """
  Reads the head of an HTTP/1.1 request with the parser of OTP (`http_bin`), within limits. Pure: bytes in, request
  out. Requests with a body are refused, nothing here takes one.
  """

  defstruct [:method, :path, :query, :version, :headers, :keep_alive?]

  @type t :: %__MODULE__{
          method: String.t(),
          path: String.t(),
          query: String.t(),
          version: {1, 0 | 1},
          headers: %{String.t() => String.t()},
          keep_alive?: boolean
        }

  # Bytes of the whole head, of one line, and number of headers.
  @largest_head 16_384
  @longest_line 12_288
  @most_headers 64

  @doc "`:more` when the head is not complete yet; `{:error, status}` when it is refused."
  @spec parse(binary) :: {:ok, t, rest :: binary} | :more | {:error, 400 | 413 | 431 | 501 | 505}
  def parse(data) do
    # Empty lines before a request are allowed (RFC 9112, 2.2).
    data = String.trim_leading(data, "\r\n")

    with {:ok, method, target, version, rest} <- request_line(data),
         {:ok, headers, rest} <- headers(rest, %{}, 0),
         :ok <- within(byte_size(data) - byte_size(rest)),
         :ok <- no_body(headers),
         :ok <- host(version, headers) do
      {path, query} = split(target)
      keep = keep_alive?(version, Map.get(headers, "connection", ""))

      {:ok,
       %__MODULE__{method: method, path: path, query: query, version: version, headers: headers, keep_alive?: keep},
       rest}
    else
      :more when byte_size(data) > @largest_head -> {:error, 431}
      other -> other
    end
  end

  @doc "The value of a header (name in lower case)."
  @spec header(t, String.t()) :: String.t() | nil
  def header(request, name), do: request.headers[name]

  @doc "The parts of a header that is a comma-separated list."
  @spec list(t, String.t()) :: [String.t()]
  def list(request, name) do
    request.headers |> Map.get(name, "") |> String.split(",", trim: true) |> Enum.map(&String.trim/1)
  end

  defp request_line(data) do
    case :erlang.decode_packet(:http_bin, data, line_length: @longest_line) do
      {:more, _} -> :more
      {:ok, {:http_request, method, target, {1, minor}}, rest} -> request_line(to_string(method), target, minor, rest)
      {:ok, {:http_request, _, _, _}, _} -> {:error, 505}
      {:ok, _, _} -> {:error, 400}
      # The line is longer than the limit.
      {:error, _} -> {:error, 431}
    end
  end

  defp request_line(method, {:abs_path, target}, minor, rest), do: {:ok, method, target, {1, min(minor, 1)}, rest}

  defp request_line(method, {:absoluteURI, _scheme, _host, _port, target}, minor, rest),
    do: {:ok, method, target, {1, min(minor, 1)}, rest}

  defp request_line(_method, _target, _minor, _rest), do: {:error, 400}

  defp headers(_data, _found, count) when count > @most_headers, do: {:error, 431}

  defp headers(data, found, count) do
    case :erlang.decode_packet(:httph_bin, data, line_length: @longest_line) do
      {:more, _} ->
        :more

      {:ok, :http_eoh, rest} ->
        {:ok, found, rest}

      {:ok, {:http_header, _, name, _, value}, rest} ->
        name = name |> to_string() |> String.downcase()
        value = String.trim(value)
        headers(rest, Map.update(found, name, value, &"#{&1}, #{value}"), count + 1)

      {:ok, {:http_error, _}, _} ->
        {:error, 400}

      {:error, _} ->
        {:error, 431}
    end
  end

  defp within(size), do: if(size <= @largest_head, do: :ok, else: {:error, 431})

  defp no_body(%{"transfer-encoding" => _}), do: {:error, 501}
  defp no_body(%{"content-length" => length}), do: if(length == "0", do: :ok, else: {:error, 413})
  defp no_body(_headers), do: :ok

  defp host({1, 1}, headers), do: if(Map.has_key?(headers, "host"), do: :ok, else: {:error, 400})
  defp host(_version, _headers), do: :ok

  defp split(target) do
    case String.split(target, "?", parts: 2) do
      [path, query] -> {path, query}
      [path] -> {path, ""}
    end
  end

  defp keep_alive?(version, connection) do
    options = connection |> String.downcase() |> String.split([",", " "], trim: true)
    if version == {1, 1}, do: "close" not in options, else: "keep-alive" in options
  end
end
