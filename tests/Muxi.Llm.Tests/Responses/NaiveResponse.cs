using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// A client that believes every event of a stream and nothing else: it puts the items together piece by piece, and fails where an event does not follow from those before.
/// Written after OpenAI's description of the events.
/// </summary>
internal sealed class NaiveResponse
{
    private readonly SortedDictionary<int, JsonObject> _items = [];
    private readonly HashSet<int> _done = [];
    private int _next;

    public JsonArray Output => [.. _items.Values.Select(item => item.DeepClone())];

    public JsonObject? Last { get; private set; }

    public static NaiveResponse Of(IEnumerable<JsonNode> events)
    {
        var naive = new NaiveResponse();
        foreach (var one in events) naive.Take(one.AsObject());
        return naive;
    }

    private void Take(JsonObject e)
    {
        Assert.Null(Last);
        var type = (string)e["type"]!;
        Assert.Equal(_next++, (int)e["sequence_number"]!);
        if (_next == 1) Assert.Equal("response.created", type);
        if (_next == 2) Assert.Equal("response.in_progress", type);
        if (type is "response.created" or "response.in_progress")
        {
            Assert.Equal("in_progress", (string)e["response"]!["status"]!);
            return;
        }
        if (type is "response.completed" or "response.incomplete")
        {
            Last = e["response"]!.AsObject();
            Assert.Equal(_items.Keys, _done.Order());
            return;
        }
        var index = (int)e["output_index"]!;
        if (type == "response.output_item.added")
        {
            Assert.Equal(_items.Count, index);
            _items.Add(index, e["item"]!.DeepClone().AsObject());
            return;
        }
        var item = _items[index];
        if (type == "response.output_item.done")
        {
            var whole = e["item"]!.DeepClone().AsObject();
            Assert.Equal((string)item["id"]!, (string)whole["id"]!);
            foreach (var name in (string[])["content", "arguments", "input", "summary"]) AssertSame(item[name], whole[name]);
            _items[index] = whole;
            _done.Add(index);
            return;
        }
        // Calls may be told side by side: one that goes on is told whole once more.
        _done.Remove(index);
        Assert.Equal((string)item["id"]!, (string)e["item_id"]!);
        TakePiece(type, e, item);
    }

    private static void TakePiece(string type, JsonObject e, JsonObject item)
    {
        switch (type)
        {
            case "response.content_part.added":
                Assert.Equal(item["content"]!.AsArray().Count, (int)e["content_index"]!);
                item["content"]!.AsArray().Add(e["part"]!.DeepClone());
                break;
            case "response.output_text.delta":
                Append(Part(e, item), "text", e["delta"]!);
                foreach (var likely in e["logprobs"]!.AsArray()) Part(e, item)["logprobs"]!.AsArray().Add(likely!.DeepClone());
                break;
            case "response.refusal.delta":
                Append(Part(e, item), "refusal", e["delta"]!);
                break;
            case "response.output_text.annotation.added":
                Assert.Equal(Part(e, item)["annotations"]!.AsArray().Count, (int)e["annotation_index"]!);
                Part(e, item)["annotations"]!.AsArray().Add(e["annotation"]!.DeepClone());
                break;
            case "response.output_text.done":
                AssertSame(Part(e, item)["text"], e["text"]);
                break;
            case "response.refusal.done":
                AssertSame(Part(e, item)["refusal"], e["refusal"]);
                break;
            case "response.content_part.done":
                // What a vendor adds to a part is told with the whole one; tokens' bytes are told only there.
                AssertSame(Part(e, item)["text"], e["part"]!["text"]);
                AssertSame(Part(e, item)["annotations"], e["part"]!["annotations"]);
                item["content"]![(int)e["content_index"]!] = e["part"]!.DeepClone();
                break;
            case "response.function_call_arguments.delta":
                Append(item, "arguments", e["delta"]!);
                break;
            case "response.function_call_arguments.done":
                AssertSame(item["arguments"], e["arguments"]);
                AssertSame(item["name"], e["name"]);
                break;
            case "response.custom_tool_call_input.delta":
                Append(item, "input", e["delta"]!);
                break;
            case "response.custom_tool_call_input.done":
                AssertSame(item["input"], e["input"]);
                break;
            case "response.reasoning_summary_part.added":
                Assert.Equal(item["summary"]!.AsArray().Count, (int)e["summary_index"]!);
                item["summary"]!.AsArray().Add(e["part"]!.DeepClone());
                break;
            case "response.reasoning_summary_text.delta":
                Append(item["summary"]![(int)e["summary_index"]!]!.AsObject(), "text", e["delta"]!);
                break;
            case "response.reasoning_summary_text.done":
                AssertSame(item["summary"]![(int)e["summary_index"]!]!["text"], e["text"]);
                break;
            case "response.reasoning_summary_part.done":
                AssertSame(item["summary"]![(int)e["summary_index"]!], e["part"]);
                break;
            default:
                Assert.Fail($"{type} is no event that is expected here");
                break;
        }
    }

    private static JsonObject Part(JsonObject e, JsonObject item) => item["content"]![(int)e["content_index"]!]!.AsObject();

    private static void Append(JsonObject to, string name, JsonNode delta) => to[name] = (string)to[name]! + (string)delta!;

    private static void AssertSame(JsonNode? told, JsonNode? whole) => Assert.True(JsonNode.DeepEquals(told, whole), $"{told?.ToJsonString()}\nis told whole as\n{whole?.ToJsonString()}");
}
