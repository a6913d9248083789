defmodule Chat.LogTest do
  use ExUnit.Case, async: true
  alias Chat.Log.Formatter

  @secret "do-not-log-me"

  defp line(message, meta \\ %{}, level \\ :error) do
    text = IO.iodata_to_binary(Formatter.format(%{level: level, msg: message, meta: Map.put(meta, :time, 0)}, %{}))
    assert String.ends_with?(text, "\n")
    refute String.contains?(String.trim_trailing(text), "\n")
    refute text =~ @secret
    {:ok, fields} = Chat.Json.decode(text)
    fields
  end

  test "one line of JSON with what every line has" do
    fields =
      line(
        {:report, %{event: "socket opened", fields: [connectionId: "c1", requestId: "r1", client: nil, n: 1]}},
        %{},
        :info
      )

    assert %{"time" => "1970-01-01T00:00:00.000Z", "level" => "info", "role" => "chat", "msg" => "socket opened"} =
             fields

    assert %{"connectionId" => "c1", "requestId" => "r1", "n" => 1, "node" => "nonode@nohost"} = fields
    refute Map.has_key?(fields, "client")
  end

  test "text that is not UTF-8 or has line ends stays one line of JSON" do
    assert line({:report, %{event: "x\ny", fields: [a: <<0xFF>>]}})["msg"] == "x\ny"
  end

  test "crash reports lose every value and keep the place" do
    stack = [{Chat.Store, :append, ["room", @secret], []}, {Chat.Session, :store, 5, []}]

    report = %{
      label: {:gen_server, :terminate},
      name: self(),
      reason: {{:badmatch, @secret}, stack},
      state: @secret,
      last_message: @secret
    }

    assert line({:report, report})["reason"] == "{:badmatch, _} at Chat.Store.append/2 < Chat.Session.store/5"

    crash = %{
      label: {:proc_lib, :crash},
      report: [
        [
          initial_call: {Chat.Socket, :init, [:_]},
          error_info: {:error, %KeyError{key: @secret, term: @secret}, stack},
          messages: [@secret]
        ],
        []
      ]
    }

    assert %{"process" => "{Chat.Socket, :init, 1}", "reason" => "KeyError at " <> _} = line({:report, crash})

    supervisor = %{
      label: {:supervisor, :child_terminated},
      report: [offender: [id: Chat.Postgres.Pool, mfargs: @secret], reason: {:shutdown, @secret}]
    }

    assert %{"child" => "Chat.Postgres.Pool", "reason" => "{:shutdown, _}"} = line({:report, supervisor})
    assert line({~c"Error in process ~p: ~p", [self(), @secret]})["msg"] == "Error in process ~p: ~p"
    assert line({:report, [a: @secret]})["msg"] == "report"
  end
end
