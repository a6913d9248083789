defmodule Chat.Distribution do
  @moduledoc """
  How a node or a console judges the certificate of another one, when nodes speak TLS (rel/env.sh.eex): the authority must
  have signed it, the name in it is not looked at. A node is called by the address of its pod, which nobody knows when
  certificates are made.
  """

  @doc "A `verify_fun` of `ssl`, named in the file of options."
  def verify(_certificate, {:bad_cert, :hostname_check_failed}, state), do: {:valid, state}
  def verify(_certificate, {:bad_cert, _} = why, _state), do: {:fail, why}
  def verify(_certificate, {:extension, _}, state), do: {:unknown, state}
  def verify(_certificate, _valid, state), do: {:valid, state}
end
