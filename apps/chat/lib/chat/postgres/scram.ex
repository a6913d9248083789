defmodule :scram do
  @moduledoc """
  The arithmetic of SCRAM (RFC 5802) that p1_pgsql calls for a log-in with scram-sha-256. Debian ships a module of this
  name inside its XMPP library, which would bring four more libraries with native code into the release.
  """

  @doc "The password, normalised, stretched with the salt."
  def salted_password(hash, password, salt, iterations) do
    normal =
      with text when is_binary(text) <- :unicode.characters_to_nfkc_binary(password), do: text, else: (_ -> password)

    :crypto.pbkdf2_hmac(hash, normal, salt, iterations, :crypto.hash_info(hash).size)
  end

  @doc false
  def client_key(hash, salted), do: :crypto.mac(:hmac, hash, salted, "Client Key")

  @doc false
  def stored_key(hash, client_key), do: :crypto.hash(hash, client_key)

  @doc false
  def server_key(hash, salted), do: :crypto.mac(:hmac, hash, salted, "Server Key")

  @doc false
  def client_signature(hash, stored_key, message), do: :crypto.mac(:hmac, hash, stored_key, message)

  @doc false
  def server_signature(hash, server_key, message), do: :crypto.mac(:hmac, hash, server_key, message)
end
