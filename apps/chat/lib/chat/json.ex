defmodule Chat.Json do
  @moduledoc "JSON through jiffy: maps with string keys in, `nil` for null."

  @doc "Decodes a JSON text."
  @spec decode(binary) :: {:ok, term} | :error
  def decode(text) do
    {:ok, :jiffy.decode(text, [:return_maps, :use_nil, :copy_strings])}
  catch
    _kind, _reason -> :error
  end

  @doc "Encodes a term. An ordered object is `{[{key, value}]}`. Invalid UTF-8 is replaced."
  @spec encode(term) :: binary
  def encode(term), do: IO.iodata_to_binary(:jiffy.encode(term, [:use_nil, :force_utf8]))
end
