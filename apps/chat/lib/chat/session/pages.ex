defmodule Chat.Session.Pages do
  @moduledoc """
  Reads a room's messages page by page. A page is bounded in messages and in bytes, for it is what a client that does not
  read holds on this node; and with too much waiting there already no page is read at all (`{:error, :busy}`).
  """

  alias Chat.{Memory, Protocol, Store, WebSocket}

  @page 200
  @first 50
  # Bytes of the messages of one page, about.
  @bytes 32_768

  @type failure :: :busy | Chat.Postgres.Pool.failure()

  @doc """
  The page that a client starts with: the newest messages, or what follows number `after_seq`. Gives the messages,
  whether more follow, and the number of the last message that the client has then.
  """
  @spec first(String.t(), non_neg_integer | nil) ::
          {:ok, [Store.message()], boolean, non_neg_integer} | {:error, failure}
  def first(room, nil) do
    with :ok <- room_for_a_page(),
         {:ok, messages} <- Store.latest(room, @first, @bytes),
         do: {:ok, messages, false, last(messages, 0)}
  end

  def first(room, after_seq) do
    case following(room, after_seq) do
      {:ok, [], _} -> at_most_newest(room, after_seq)
      {:ok, messages, more} -> {:ok, messages, more, last(messages, after_seq)}
      {:error, _} = error -> error
    end
  end

  @doc "What follows a message, and whether more follows that."
  @spec following(String.t(), non_neg_integer) :: {:ok, [Store.message()], boolean} | {:error, failure}
  def following(room, after_seq),
    do: with(:ok <- room_for_a_page(), do: Store.following(room, after_seq, @page, @bytes))

  @doc "The frames of a page: one answer to a join, or one message after the other for whoever has joined."
  @spec frames(:pages | :messages, String.t(), [Store.message()], boolean) :: [binary]
  def frames(:pages, room, messages, more), do: [WebSocket.text(Protocol.joined(room, messages, more))]

  def frames(:messages, _room, messages, _more),
    do: Enum.map(messages, &WebSocket.text(Protocol.message(&1)))

  @doc "The number of the last of some messages."
  @spec last([Store.message()], non_neg_integer | nil) :: non_neg_integer | nil
  def last([], otherwise), do: otherwise
  def last(messages, _otherwise), do: List.last(messages).seq

  # A client that has seen more than there is (the database was restored) gets what comes from now on.
  defp at_most_newest(room, after_seq) do
    with {:ok, newest} <- Store.last_seqs([room]), do: {:ok, [], false, min(after_seq, Map.get(newest, room, 0))}
  end

  defp room_for_a_page, do: if(Memory.busy?(), do: {:error, :busy}, else: :ok)
end
