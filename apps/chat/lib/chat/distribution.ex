defmodule Chat.Distribution do
  @moduledoc """
  How a node or a console judges the name in the certificate of another one, when nodes speak TLS (rel/env.sh.eex). A node
  is called by the address of its pod, which nobody knows when certificates are made: every node's certificate names
  "chat", and its authority signs for nobody else.
  """

  @name ~c"chat"

  @doc "A `match_fun` of `ssl`, named in the file of options: what is called, and what the certificate names."
  def match(_called, {:dNSName, name}), do: name == @name
  def match(_called, _presented), do: false
end
