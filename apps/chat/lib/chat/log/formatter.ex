defmodule Chat.Log.Formatter do
  @moduledoc """
  A formatter for OTP's logger that writes JSON. Of events that are not the chat's own (crash and supervisor reports)
  it keeps what tells where something happened and drops every value: states, last messages and arguments can hold
  passwords, tokens and the bodies of messages.
  """

  @doc false
  def check_config(_config), do: :ok

  @doc "One line of JSON for one event."
  def format(%{level: level, msg: message, meta: meta}, _config) do
    {text, fields} = describe(message, meta)
    time = meta |> Map.get(:time, System.os_time(:microsecond)) |> timestamp()
    head = [time: time, level: to_string(level)] ++ Chat.Log.common() ++ [node: to_string(node()), msg: text]
    [Chat.Json.encode({head ++ for({_, value} = field <- fields, value != nil, do: field)}), ?\n]
  rescue
    error -> [~s({"level":"error","role":"chat","msg":"log line could not be written: #{inspect(error.__struct__)}"}\n)]
  end

  defp timestamp(microseconds) do
    microseconds |> div(1000) |> DateTime.from_unix!(:millisecond) |> DateTime.to_iso8601()
  end

  defp describe({:report, %{event: text, fields: fields}}, _meta), do: {text, Enum.map(fields, &plain/1)}

  defp describe({:report, %{label: {:supervisor, what}, report: report}}, _meta) do
    child = report |> Keyword.get(:offender, []) |> Keyword.get(:id)
    {"supervisor: #{what}", [child: child && inspect(child), reason: reason(report[:reason] || report[:errorContext])]}
  end

  defp describe({:report, %{label: {:proc_lib, :crash}, report: [info | _]}}, _meta) do
    {_kind, why, stack} =
      case info[:error_info] do
        {_, _, _} = triple -> triple
        _ -> {nil, nil, []}
      end

    {"process crashed", [process: inspect(info[:initial_call] |> initial_call()), reason: reason({why, stack})]}
  end

  defp describe({:report, %{label: {what, :terminate}} = report}, _meta) when is_atom(what) do
    {"#{what} terminated", [process: inspect(report[:name]), reason: reason(report[:reason])]}
  end

  defp describe({:report, %{label: {:error_logger, _}, format: format}}, meta), do: describe({format, []}, meta)
  defp describe({:report, %{label: label}}, meta), do: {"report #{inspect(label)}", place(meta)}
  defp describe({:report, _other}, meta), do: {"report", place(meta)}
  defp describe({:string, text}, _meta), do: {IO.chardata_to_string(text), []}

  defp describe({format, _arguments}, meta),
    do: {format |> IO.chardata_to_string() |> String.trim_trailing("~n"), place(meta)}

  defp initial_call({module, function, arguments}) when is_list(arguments), do: {module, function, length(arguments)}
  defp initial_call(other), do: other

  defp place(%{mfa: {module, function, arity}}), do: [at: Exception.format_mfa(module, function, arity)]
  defp place(_meta), do: []

  defp plain({key, value}) when is_binary(value) or is_number(value) or is_boolean(value) or value == nil,
    do: {key, value}

  defp plain({key, value}) when is_atom(value), do: {key, to_string(value)}
  defp plain({key, values}) when is_list(values), do: {key, Enum.map(values, &elem(plain({key, &1}), 1))}
  defp plain({key, value}), do: {key, reason(value)}

  @doc "Says what kind of failure a term is and where it happened, without any value that it carries."
  @spec reason(term) :: String.t()
  def reason({why, [{_, _, _, _} | _] = stack}) do
    places = for {module, function, arity, _} <- Enum.take(stack, 5), do: mfa(module, function, arity)
    "#{reason(why)} at #{Enum.join(places, " < ")}"
  end

  def reason({why, []}), do: reason(why)
  def reason(%{__exception__: true, __struct__: module}), do: inspect(module)
  def reason(why) when is_atom(why), do: inspect(why)

  def reason(why) when is_tuple(why) and tuple_size(why) > 0 do
    rest = for part <- tl(Tuple.to_list(why)), do: if(is_atom(part) or is_number(part), do: inspect(part), else: "_")
    head = elem(why, 0)
    "{#{Enum.join([if(is_atom(head), do: inspect(head), else: "_") | rest], ", ")}}"
  end

  def reason(_why), do: "_"

  defp mfa(module, function, arguments) when is_list(arguments), do: mfa(module, function, length(arguments))
  defp mfa(module, function, arity), do: Exception.format_mfa(module, function, arity)
end
