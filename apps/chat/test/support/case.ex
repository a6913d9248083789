defmodule Chat.TestCase do
  @moduledoc "What the tests share: tokens, masked frames, requests, and the Postgres that test/run.sh started."

  @key "a key that only the tests know 0123456789"

  def key, do: @key

  @doc "A signed token; `changes` overrides claims (nil leaves one out)."
  def token(changes \\ %{}, options \\ []) do
    now = System.os_time(:second)
    base = %{sub: "7", name: "Ada", rooms: ["general"], iat: now, exp: now + 3600, aud: "chat"}
    claims = base |> Map.merge(changes) |> Map.reject(fn {_, value} -> value == nil end)
    header = Keyword.get(options, :header, %{alg: "HS256", typ: "JWT"})
    signed = encode64(Chat.Json.encode(header)) <> "." <> encode64(Chat.Json.encode(claims))
    signed <> "." <> encode64(:crypto.mac(:hmac, :sha256, Keyword.get(options, :key, @key), signed))
  end

  def encode64(bytes), do: Base.url_encode64(bytes, padding: false)

  @doc "A masked frame, as clients send it."
  def masked(opcode, payload, options \\ []) do
    fin = if Keyword.get(options, :fin, true), do: 1, else: 0
    mask = <<1, 2, 3, 4>>

    length =
      case byte_size(payload) do
        size when size < 126 -> <<1::1, size::7>>
        size when size < 65_536 -> <<1::1, 126::7, size::16>>
        size -> <<1::1, 127::7, size::64>>
      end

    hidden =
      for {byte, index} <- Enum.with_index(:binary.bin_to_list(payload)),
          into: "",
          do: <<Bitwise.bxor(byte, :binary.at(mask, rem(index, 4)))>>

    <<fin::1, Keyword.get(options, :rsv, 0)::3, opcode::4, length::bits>> <> mask <> hidden
  end

  @doc "Where the test Postgres is."
  def postgres(changes \\ %{}) do
    {:ok, settings} = Chat.Settings.postgres(System.get_env())
    Map.merge(settings, changes)
  end

  @doc "Migrates once, and starts the pool for a test module."
  def start_pool(size \\ 4) do
    {:ok, _} = Application.ensure_all_started(:ssl)
    {:ok, _} = Chat.Migrations.run(postgres(), fn _ -> :ok end)
    ExUnit.Callbacks.start_supervised!({Chat.Postgres.Supervisor, settings: postgres(), size: size})
    eventually(fn -> Chat.Postgres.Pool.stats().connections == size end)
  end

  @doc "Waits until something is true, at most half a minute."
  def eventually(check, attempts \\ 1_500) do
    cond do
      check.() -> :ok
      attempts == 0 -> ExUnit.Assertions.flunk("it did not become true within 30 s")
      true -> Process.sleep(20) && eventually(check, attempts - 1)
    end
  end

  def uuid do
    <<a::32, b::16, _::4, c::12, _::2, d::14, e::48>> = :crypto.strong_rand_bytes(16)
    hex = fn value, digits -> value |> Integer.to_string(16) |> String.downcase() |> String.pad_leading(digits, "0") end
    Enum.join([hex.(a, 8), hex.(b, 4), hex.(0x4000 + c, 4), hex.(0x8000 + d, 4), hex.(e, 12)], "-")
  end

  @doc "A room that no other test uses."
  def room, do: "room-" <> Base.encode16(:crypto.strong_rand_bytes(6), case: :lower)
end
