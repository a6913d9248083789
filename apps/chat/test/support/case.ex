defmodule Chat.TestCase do
  @moduledoc "What the tests share: tokens, masked frames, requests, and the Postgres that test/run.sh started."

  @doc "A key pair: `{public, private}`, the same in one run."
  def key_pair do
    with nil <- :persistent_term.get(__MODULE__, nil) do
      pair = :crypto.generate_key(:eddsa, :ed25519)
      :persistent_term.put(__MODULE__, pair)
      pair
    end
  end

  def keys, do: [elem(key_pair(), 0)]

  @doc "A public key as the panel's Secret has it."
  def pem(public) do
    algorithm = {:AlgorithmIdentifier, {1, 3, 101, 112}, :asn1_NOVALUE}
    der = :public_key.der_encode(:SubjectPublicKeyInfo, {:SubjectPublicKeyInfo, algorithm, public})
    :public_key.pem_encode([{:SubjectPublicKeyInfo, der, :not_encrypted}])
  end

  @doc "A signed token; `changes` overrides claims (nil leaves one out)."
  def token(changes \\ %{}, options \\ []) do
    now = System.os_time(:millisecond) / 1000
    times = %{iat: now, nbf: now, exp: now + 300}
    base = Map.merge(times, %{sub: "7", name: "Ada", rooms: ["general"], sid: "session-7", aud: "chat"})
    claims = base |> Map.merge(changes) |> Map.reject(fn {_, value} -> value == nil end)
    header = Keyword.get(options, :header, %{alg: "EdDSA", typ: "JWT"})
    signed = encode64(Chat.Json.encode(header)) <> "." <> encode64(Chat.Json.encode(claims))
    private = Keyword.get(options, :key, elem(key_pair(), 1))
    signed <> "." <> encode64(:crypto.sign(:eddsa, :none, signed, [private, :ed25519]))
  end

  @doc "Claims as `Chat.Token.verify/3` gives them, of a user with a session of the same name."
  def claims(id, rooms, changes \\ %{}) do
    now = System.os_time(:microsecond)
    base = %{id: id, name: "Ada", rooms: MapSet.new(rooms), session: "s#{id}", issued: now, request: nil}
    base |> Map.put(:expires, div(now, 1_000_000) + 300) |> Map.merge(changes)
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

  @doc "The log-in of the migration, which owns the tables."
  def owner(changes \\ %{}), do: postgres(Map.merge(log_in("OWNER"), changes))

  @doc "Who may do everything on the server."
  def superuser(changes \\ %{}), do: postgres(Map.merge(log_in("SUPERUSER"), changes))

  defp log_in(who) do
    %{user: System.fetch_env!("CHAT_TEST_#{who}"), password: System.fetch_env!("CHAT_TEST_#{who}_PASSWORD")}
  end

  @doc "The settings of a node, with changes."
  def put_settings(changes \\ %{}) do
    base = %Chat.Settings{message_rate: 10, revocations: nil, heartbeat_seconds: 25}
    Chat.Settings.put(Map.merge(base, changes))
  end

  @doc "Migrates once, and starts the pool for a test module."
  def start_pool(size \\ 4) do
    {:ok, _} = Application.ensure_all_started(:ssl)
    {:ok, _} = Chat.Migrations.run(owner(), fn _ -> :ok end)
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
