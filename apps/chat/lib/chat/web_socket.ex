defmodule Chat.WebSocket do
  @moduledoc """
  WebSocket frames (RFC 6455) through cow_ws, with what a server has to insist on: masked frames, at most 64 KiB per
  message however many frames it comes in, valid UTF-8, no extensions. Pure.
  """

  @largest 65_536
  @data [:text, :binary, :fragment]
  # What a fragment counts for besides its bytes: a message in very many empty fragments ends, too.
  @fragment_cost 16

  @typedoc "What is kept between calls: cow_ws' view of an unfinished message, its parts, their size, UTF-8 state."
  @opaque state :: %{fragment: term, parts: iodata, size: non_neg_integer, utf8: non_neg_integer}
  @type frame :: {:text, binary} | {:ping, binary} | {:pong, binary} | {:close, 1000..4999 | nil}
  @type failure :: {:error, close_code :: pos_integer, reason :: String.t()}

  @doc "The state of a new connection."
  @spec new() :: state
  def new, do: %{fragment: :undefined, parts: [], size: 0, utf8: 0}

  @doc "Bytes of a message that are kept because it is not whole yet."
  @spec kept(state) :: non_neg_integer
  def kept(state), do: state.size

  @doc "How many bytes there must be before `decode/2` can do more than it did with these."
  @spec needed(binary, state) :: pos_integer
  def needed(data, state) do
    case :cow_ws.parse_header(data, %{}, state.fragment) do
      {_type, _fragment, _rsv, length, _mask, rest} -> byte_size(data) - byte_size(rest) + length
      _ -> byte_size(data) + 1
    end
  end

  @doc "Takes the first message or control frame off the bytes that have come in."
  @spec decode(binary, state) :: {:ok, frame, rest :: binary, state} | {:more, binary, state} | failure
  def decode(data, state) do
    case :cow_ws.parse_header(data, %{}, state.fragment) do
      :more ->
        {:more, data, state}

      :error ->
        {:error, 1002, "protocol error"}

      {_type, _fragment, _rsv, _length, :undefined, _rest} ->
        {:error, 1002, "frames of a client must be masked"}

      {type, _fragment, _rsv, length, _mask, _rest} when type in @data and length + state.size > @largest ->
        {:error, 1009, "a message may have #{@largest} bytes"}

      {_type, _fragment, _rsv, length, _mask, rest} when byte_size(rest) < length ->
        {:more, data, state}

      {type, fragment, rsv, length, mask, rest} ->
        payload(type, fragment, rsv, length, mask, rest, state)
    end
  end

  # Control frames may come between the fragments of a message; they have their own UTF-8 state.
  defp payload(type, fragment, rsv, length, mask, rest, state) when type in [:ping, :pong, :close] do
    case :cow_ws.parse_payload(rest, mask, 0, 0, type, length, fragment, %{}, rsv) do
      {:ok, code, _reason, _utf8, rest} -> {:ok, {:close, code}, rest, state}
      {:ok, _, _, rest} when type == :close -> {:ok, {:close, nil}, rest, state}
      {:ok, data, _utf8, rest} -> {:ok, {type, data}, rest, state}
      {:error, :badencoding} -> {:error, 1007, "not UTF-8"}
      _ -> {:error, 1002, "protocol error"}
    end
  end

  defp payload(:binary, _fragment, _rsv, _length, _mask, _rest, _state), do: {:error, 1003, "text frames only"}

  defp payload(:fragment, {_, :binary, _}, _rsv, _length, _mask, _rest, _state),
    do: {:error, 1003, "text frames only"}

  defp payload(type, fragment, rsv, length, mask, rest, state) do
    # A first fragment is checked as the beginning of a text, not as a whole one.
    case :cow_ws.parse_payload(rest, mask, state.utf8, 0, type, length, fragment, %{}, rsv) do
      {:ok, data, utf8, rest} -> finish(type, fragment, data, utf8, rest, state)
      _ -> {:error, 1007, "not UTF-8"}
    end
  end

  defp finish(:fragment, {:nofin, _, _} = fragment, data, utf8, rest, state) do
    size = state.size + byte_size(data) + @fragment_cost
    decode(rest, %{state | fragment: fragment, parts: [state.parts | data], size: size, utf8: utf8})
  end

  defp finish(:fragment, {:fin, _, _}, data, _utf8, rest, state),
    do: {:ok, {:text, IO.iodata_to_binary([state.parts | data])}, rest, new()}

  defp finish(:text, _fragment, data, _utf8, rest, _state), do: {:ok, {:text, data}, rest, new()}

  @doc "A text frame, one binary that many connections can share."
  @spec text(binary) :: binary
  def text(payload), do: frame({:text, payload})

  @doc "A pong frame."
  @spec pong(binary) :: binary
  def pong(payload), do: frame({:pong, payload})

  @doc "A close frame."
  @spec close(pos_integer, String.t()) :: binary
  def close(code, reason), do: frame({:close, code, binary_part(reason, 0, min(byte_size(reason), 120))})

  @doc "The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key."
  @spec accept_key(String.t()) :: String.t()
  def accept_key(key), do: :cow_ws.encode_key(key)

  defp frame(frame), do: frame |> :cow_ws.frame(%{}) |> IO.iodata_to_binary()
end
