namespace Muxi.Llm;

/// <summary>
/// How a spoken answer is to sound: <c>Modalities = ["text", "audio"], Audio = new ChatAudio("alloy", "wav")</c>.
/// </summary>
/// <param name="Voice">Which voice speaks: one of the service's, by its name, or one's own.</param>
/// <param name="Format"><c>wav</c>, <c>aac</c>, <c>mp3</c>, <c>flac</c>, <c>opus</c> or <c>pcm16</c>; a stream at OpenAI is <c>pcm16</c>.</param>
/// <remarks>Source: CreateChatCompletionRequest in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ChatAudio(SpeechVoice Voice, SpeechFormat Format)
{
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>As the member <see cref="ChatCompletionRequest.Audio"/> has it.</summary>
    public static implicit operator RawJson(ChatAudio? audio) => audio is null ? default : audio.ToJson();

    /// <summary>The member's JSON.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, audio) =>
    {
        json.WriteStartObject();
        SpeechRequestWriter.Write(json, audio.Voice);
        json.WriteString("format"u8, audio.Format.Value);
        audio.Extra.WriteMembers(json);
        json.WriteEndObject();
    }, indented: false);
}
